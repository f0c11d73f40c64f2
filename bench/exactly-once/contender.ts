import type { Context } from "aws-lambda";
import type { MskEvent } from "../../shared/msk-event/index.ts";
import type { Decide } from "../../shared/processing/index.ts";
import type { OrderCreated } from "../../shared/schemas/index.ts";
import type { Clients } from "./metered-client.ts";

export interface ConsumerParts extends Clients {
  /** Table of whatever the contender remembers events by, partition key `id`. */
  readonly claimsTable: string;
  /** What each event means: the same for all contenders. */
  readonly decide: Decide<OrderCreated>;
}

/** A Lambda function as one would deploy it. It rejects unless every record of the event is done. */
export type Consumer = (event: MskEvent, context: Context) => Promise<void>;

/** Records of the batch have to come again. */
export class RecordsUnfinished extends Error {
  override readonly name = "RecordsUnfinished";
}

export interface Contender {
  readonly name: string;
  /** It cannot read the wire format: the prefix is taken off beforehand, which is not measured. */
  readonly withoutPrefix?: true;
  /** It works one record after the other: a round of fewer records tells its rate as well, and ends sooner. */
  readonly oneByOne?: true;
  createConsumer(parts: ConsumerParts): Consumer;
}
