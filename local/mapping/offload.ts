import type { Message } from "kafkajs";
import type { MskRecord } from "../../shared/msk-event/index.ts";
import { toMskEvent } from "./msk-event.ts";

export interface OffloadedBatch {
  readonly records: readonly MskRecord[];
  readonly eventSourceArn: string;
  readonly bootstrapServers: string;
  readonly functionArn: string;
  /** Invocations with these records. */
  readonly invocations: number;
  /** What the function threw; undefined where it named the records as failed. */
  readonly functionError: string | undefined;
  readonly now: Date;
}

/**
 * What Lambda writes to a Kafka topic as on-failure destination: one message a record, with the record's own key, its
 * value a JSON document of what failed and of the event as the function got it.
 * Source: "Using a Kafka topic as an on-failure destination", AWS Lambda developer guide. It gives no name for records
 * that are too old; the condition is the same here.
 */
export function offloadMessages(batch: OffloadedBatch): Message[] {
  const { eventSourceArn, bootstrapServers, functionArn, invocations, functionError, now } = batch;
  return batch.records.map((record) => {
    const payload = toMskEvent(eventSourceArn, bootstrapServers, [record]);
    const document = {
      requestContext: {
        requestId: crypto.randomUUID(),
        functionArn: `${functionArn}:$LATEST`,
        condition: "RetriesExhausted",
        approximateInvokeCount: invocations,
      },
      responseContext: {
        statusCode: 200,
        executedVersion: "$LATEST",
        ...(functionError === undefined ? {} : { functionError: "Unhandled" }),
      },
      version: "1.0",
      timestamp: now.toISOString(),
      KafkaBatchInfo: {
        batchSize: 1,
        eventSourceArn,
        bootstrapServers,
        payloadSize: JSON.stringify(payload).length,
        recordInfo: { offset: String(record.offset), timestamp: new Date(record.timestamp).toISOString() },
      },
      payload,
    };
    return {
      key: record.key === undefined || record.key === null ? null : Buffer.from(record.key, "base64"),
      value: JSON.stringify(document),
    };
  });
}
