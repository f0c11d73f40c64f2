import { type CloudEvent, Kafka } from "cloudevents";
import type { Contender } from "../contender.ts";
import { prefixBytes, type WrittenOrder, writerAvroType } from "../written-schema.ts";
import { headerTexts } from "./loops.ts";

/** The CloudEvents SDK's own Kafka binding, given headers as texts as it wants them, and avsc for the data. */
export const cloudEventsSdk: Contender = {
  name: "cloudevents Kafka.toEvent + avsc",
  decode({ records }, sink) {
    for (const record of Object.values(records).flat()) {
      const value = Buffer.from(record.value ?? "", "base64");
      const message = { key: record.key ?? "", value, body: value, headers: headerTexts(record.headers) };
      const event = Kafka.toEvent<Buffer>(message) as CloudEvent<Buffer>;
      const order: WrittenOrder = writerAvroType.fromBuffer((event.data ?? value).subarray(prefixBytes));
      sink.addEvent(event, order, order.createdAt);
    }
  },
};
