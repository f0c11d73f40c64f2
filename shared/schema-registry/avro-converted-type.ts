import avro from "avsc";

/** A logical type whose values are converted from and to those of its underlying type. */
export abstract class ConvertedType extends avro.types.LogicalType {
  /** Throws for a value that the underlying type has and this one has not. */
  abstract override _fromValue(value: unknown): unknown;
  /** undefined for data that does not fit, which is avsc's word for it. */
  abstract override _toValue(data: unknown): unknown;
}
