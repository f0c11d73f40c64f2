import { BackboneError } from "../errors.ts";
import { readMessageIndexes, writeMessageIndexes } from "./message-indexes.ts";
import { Misfit, reasonOf, type SchemaFormat } from "./schema.ts";

/**
 * A message of a .proto file of this project's own. Data is its canonical JSON form, written and read: fields in
 * lowerCamelCase, 64-bit integers as texts, bytes as base64, enums as names, a Timestamp as an RFC 3339 text; where a
 * field has no presence, its default is there when it is read. Fields that the file does not know are skipped.
 *
 * A value is read if it was written as a message of the same full name; its fields go by their numbers. Imports are
 * limited to those of `google/protobuf` that protobufjs brings (any, duration, empty, field_mask, struct, timestamp,
 * wrappers).
 *
 * Loads protobufjs. To be awaited when the function starts.
 *
 * @param proto text of the .proto file
 * @param message full name of the message, e.g. `com.example.orders.OrderCreated`
 * @throws BackboneError INVALID_OPTIONS for what is no .proto file, imports another, or lacks the message
 * @see https://protobuf.dev/programming-guides/json/
 */
export async function protobuf(proto: string, message: string): Promise<SchemaFormat> {
  const [{ messageCodec }, { messageNames }] = await Promise.all([
    import("./protobuf-codec.ts"),
    import("./protobuf-message-names.ts"),
  ]);
  const { codec, head } = declared(message, () => {
    const place = [...messageNames(proto)].find(([, name]) => name === message)?.[0];
    if (place === undefined) throw new Error("the file declares no such message");
    return {
      codec: messageCodec(proto, message, (what) => new Misfit(what)),
      head: writeMessageIndexes(place.split(".").map(Number)),
    };
  });
  return {
    schemaType: "PROTOBUF",
    schema: proto,
    recordName: message,
    decoderOf(writer) {
      const names = messageNames(writer.schema);
      return (value, start) => {
        const { indexes, end } = readMessageIndexes(value, start);
        const place = indexes.join(".");
        const name = names.get(place);
        if (name === undefined) throw new Misfit(`the writer's schema has no message at ${place}`);
        if (name !== message) {
          throw new BackboneError("SCHEMA_MISMATCH", `the value is a message ${name}, not ${message}`);
        }
        return codec.decode(value.subarray(end));
      };
    },
    fromJson: (json) => codec.normalize(json),
    encode: (data) => Buffer.concat([head, codec.encode(data)]),
  };
}

function declared<T>(message: string, declare: () => T): T {
  try {
    return declare();
  } catch (cause) {
    throw new BackboneError("INVALID_OPTIONS", `not a .proto file with a message ${message}${reasonOf(cause)}`, {
      cause,
    });
  }
}
