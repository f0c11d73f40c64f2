import type { CloudEventV1 } from "cloudevents";
import type { MskEvent } from "../../shared/msk-event/index.ts";

/** The data of an order; when it was made is told apart, since some give a Date and some a number. */
export interface Order {
  readonly orderId: string;
  readonly customerId: string;
  readonly totalAmount: number;
  readonly lines: readonly { readonly sku: string; readonly quantity: number; readonly unitPrice: number }[];
}

/** The headers of a record as texts, by name. */
export type HeaderTexts = Readonly<Record<string, string>>;

/** Takes what a contender has decoded: every record, in the order of the event. */
export interface Sink {
  /** From a contender that ends at headers. */
  addHeaders(headers: HeaderTexts, order: Order, createdAtMs: number): void;
  /** From a contender that makes a CloudEvent. */
  addEvent(event: CloudEventV1<unknown>, order: Order, createdAtMs: number): void;
}

export interface Contender {
  readonly name: string;
  /** It cannot read the wire format: the prefix is taken off beforehand, which is not measured. */
  readonly withoutPrefix?: true;
  /** Decodes the records of one event, each header and each value once. */
  decode(event: MskEvent, sink: Sink): void | Promise<void>;
}
