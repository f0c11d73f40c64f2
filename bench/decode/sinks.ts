import { createHash } from "node:crypto";
import type { CloudEventV1 } from "cloudevents";
import type { HeaderTexts, Order, Sink } from "./contender.ts";

/** A sum over every header and field, cheap enough to stay in the measurement, so that nothing is optimized away. */
export class SumSink implements Sink {
  sum = 0;

  addHeaders(headers: HeaderTexts, order: Order, createdAtMs: number): void {
    this.sum += last(headers.ce_id) + last(headers.ce_time) + last(headers.ce_traceparent);
    this.sum += last(headers.ce_source) + last(headers.ce_type);
    this.sum += last(headers.ce_specversion) + last(headers["content-type"]);
    this.#addOrder(order, createdAtMs);
  }

  addEvent(event: CloudEventV1<unknown>, order: Order, createdAtMs: number): void {
    this.sum += last(event.id) + last(event.time) + last(event.traceparent);
    this.sum += last(event.source) + last(event.type);
    this.sum += last(event.specversion) + last(event.datacontenttype);
    this.#addOrder(order, createdAtMs);
  }

  #addOrder({ orderId, customerId, totalAmount, lines }: Order, createdAtMs: number): void {
    this.sum += last(orderId) + last(customerId) + totalAmount + createdAtMs + lines.length;
  }
}

/** Length and last character of a text; what is no text makes the sum NaN, which equals nothing. */
function last(text: unknown): number {
  return typeof text === "string" ? text.length + text.charCodeAt(text.length - 1) : Number.NaN;
}

/** A digest of everything that was decoded, to the last character. */
export class DigestSink implements Sink {
  readonly #hash = createHash("sha256");
  records = 0;

  addHeaders(headers: HeaderTexts, order: Order, createdAtMs: number): void {
    const { ce_specversion, ce_id, ce_source, ce_type, ce_time, ce_traceparent, "content-type": contentType } = headers;
    this.#add([ce_specversion, ce_id, ce_source, ce_type, ce_time, contentType, ce_traceparent], order, createdAtMs);
  }

  addEvent(event: CloudEventV1<unknown>, order: Order, createdAtMs: number): void {
    const { specversion, id, source, type, time, datacontenttype } = event;
    const { traceparent } = event;
    this.#add([specversion, id, source, type, time, datacontenttype, traceparent], order, createdAtMs);
  }

  digest(): string {
    return this.#hash.digest("hex");
  }

  #add(attributes: unknown[], { orderId, customerId, totalAmount, lines }: Order, createdAtMs: number): void {
    const lineFields = lines.map(({ sku, quantity, unitPrice }) => [sku, quantity, unitPrice]);
    this.#hash.update(JSON.stringify([attributes, orderId, customerId, totalAmount, createdAtMs, lineFields]));
    this.records++;
  }
}
