import protobufjs from "protobufjs";
import descriptor from "protobufjs/ext/descriptor.js";

/** A message and those declared in it, in the order of the file: what message indexes count. */
interface Declared {
  readonly name: string;
  readonly nested: readonly Declared[];
}

/**
 * Full names of the messages that a .proto file declares, by their indexes joined with points; throws for what is no
 * such file.
 *
 * @param schema text of the file, or base64 of its FileDescriptorProto, which some clients register
 */
export function messageNames(schema: string): ReadonlyMap<string, string> {
  const file = /^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(schema) ? fileOfDescriptor(schema) : fileOfText(schema);
  return new Map(named(file.nested, "", file.name));
}

function* named(messages: readonly Declared[], place: string, scope: string): Generator<[string, string]> {
  for (const [index, { name, nested }] of messages.entries()) {
    const message: [string, string] = [`${place}${index}`, scope === "" ? name : `${scope}.${name}`];
    yield message;
    yield* named(nested, `${message[0]}.`, message[1]);
  }
}

function fileOfText(text: string): Declared {
  const { root, package: name = "" } = protobufjs.parse(text, new protobufjs.Root());
  const scope = name === "" ? root : root.lookup(name);
  return { name, nested: scope instanceof protobufjs.Namespace ? scope.nestedArray.flatMap(declaredIn) : [] };
}

function declaredIn(object: protobufjs.ReflectionObject): Declared[] {
  // A group is a field; its type is none of the messages.
  if (!(object instanceof protobufjs.Type) || ("group" in object && object.group === true)) return [];
  return [{ name: object.name, nested: object.nestedArray.flatMap(declaredIn) }];
}

interface DescriptorMessage {
  readonly name?: string;
  readonly nestedType?: readonly DescriptorMessage[];
  readonly options?: { readonly mapEntry?: boolean };
}

interface DescriptorFile {
  readonly package?: string;
  readonly messageType?: readonly DescriptorMessage[];
}

function fileOfDescriptor(base64: string): Declared {
  const file = descriptor.FileDescriptorProto.decode(Buffer.from(base64, "base64"));
  const { package: name = "", messageType = [] }: DescriptorFile = descriptor.FileDescriptorProto.toObject(file);
  return { name, nested: messageType.flatMap(declaredInDescriptor) };
}

// The entries of a map field are messages for the compiler alone. Confluent's clients for Java and JavaScript do not
// count them; the one for Python does, so that its messages declared beside a map within another message cannot be told.
function declaredInDescriptor({ name = "", nestedType = [], options }: DescriptorMessage): Declared[] {
  return options?.mapEntry === true ? [] : [{ name, nested: nestedType.flatMap(declaredInDescriptor) }];
}
