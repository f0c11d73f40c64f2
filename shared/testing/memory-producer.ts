import { BackboneError } from "../errors.ts";
import type { OutgoingRecord, Producer } from "../kafka/index.ts";

/** A producer that keeps in memory what it is given: all of it counts as acknowledged. */
export class MemoryProducer implements Producer {
  readonly sent: { readonly topic: string; readonly record: OutgoingRecord }[] = [];
  /** While true, `send` rejects with KAFKA_UNAVAILABLE. */
  isAway = false;

  async send(topic: string, record: OutgoingRecord): Promise<void> {
    if (this.isAway) throw new BackboneError("KAFKA_UNAVAILABLE", `the topic ${topic} did not acknowledge the record`);
    this.sent.push({ topic, record });
  }

  async close(): Promise<void> {}

  /** The text of a header of the record sent as number `index`, from 0; of several of the name the last one. */
  header(index: number, name: string): string | undefined {
    return this.sent[index]?.record.headers.findLast(([header]) => header === name)?.[1].toString("utf8");
  }
}
