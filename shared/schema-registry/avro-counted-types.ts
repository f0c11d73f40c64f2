import avro from "avsc";
import { CheckedInt } from "./avro-checked-types.ts";

// Whole numbers of a logical type count something, and are not resolved to those that count something else: the number
// would be the same, the time another. Plain ones say nothing of it and are resolved either way.
//
// https://avro.apache.org/docs/1.12.0/specification/#logical-types

const countedTypes: ReadonlySet<string> = new Set([
  "date",
  "time-millis",
  "time-micros",
  "timestamp-millis",
  "timestamp-micros",
  "timestamp-nanos",
]);

/** What each counts; avsc freezes its types, so that it does not fit into them. */
const counts = new WeakMap<avro.Type, string>();

type Update = (resolver: object, writer: avro.Type) => void;
const { _update: updateLong } = avro.types.LongType.prototype as avro.types.LongType & { _update: Update };
const { _update: updateInt } = CheckedInt.prototype as CheckedInt & { _update: Update };

class CountedLong extends avro.types.LongType {
  _update(resolver: object, writer: avro.Type): void {
    if (countsTheSame(writer, counts.get(this))) updateLong.call(this, resolver, writer);
  }
}

class CountedInt extends CheckedInt {
  _update(resolver: object, writer: avro.Type): void {
    if (countsTheSame(writer, counts.get(this))) updateInt.call(this, resolver, writer);
  }
}

/** The type of a schema of type `long` or `int` whose logical type counts something; undefined for other schemas. */
export function countedType(type: string, logicalType: unknown): avro.Type | undefined {
  const counted = countedBy(logicalType);
  if (counted === undefined || (type !== "long" && type !== "int")) return undefined;
  const made = type === "long" ? new CountedLong() : new CountedInt();
  counts.set(made, counted);
  return made;
}

/** Whether a writer's numbers are what a reader of that logical type takes them for. */
export function countsTheSame(writer: avro.Type, logicalType: string | undefined): boolean {
  const counted = counts.get(writer);
  return counted === undefined || counted === countedBy(logicalType);
}

/** A local timestamp counts what a timestamp does, of another clock. */
function countedBy(logicalType: unknown): string | undefined {
  const name = String(logicalType).replace(/^local-(?=timestamp-)/, "");
  return countedTypes.has(name) ? name : undefined;
}
