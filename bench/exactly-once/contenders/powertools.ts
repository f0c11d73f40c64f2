import { IdempotencyConfig, makeIdempotent } from "@aws-lambda-powertools/idempotency";
import { DynamoDBPersistenceLayer } from "@aws-lambda-powertools/idempotency/dynamodb";
import { kafkaConsumer, SchemaType } from "@aws-lambda-powertools/kafka";
import type { ConsumerRecord, MSKEvent } from "@aws-lambda-powertools/kafka/types";
import type { CloudEventV1 } from "cloudevents";
import type { OrderCreated } from "../../../shared/schemas/index.ts";
import { schemaText, type WrittenOrder } from "../../decode/written-schema.ts";
import type { Contender } from "../contender.ts";
import { decideAndWrite } from "./write-effects.ts";

type Received = ConsumerRecord<string, WrittenOrder>;
type Process = (record: Received) => Promise<void>;

/** Every record of the batch at once, which keeps no order. */
export const powertoolsParallel = powertools("Powertools, all at once", {}, async (records, process) => {
  await settled(records.map(process));
});

/** One record after the other, as in the loops of Powertools' own pages and in its processor for FIFO queues. */
export const powertoolsOrdered = powertools("Powertools, in order", { oneByOne: true }, async (records, process) => {
  for (const record of records) await process(record);
});

/** The order within each partition kept by hand: as much side by side as there are partitions. */
export const powertoolsPartitions = powertools(
  "Powertools, partitions side by side",
  { oneByOne: true },
  async (records, process) => {
    const partitions = Map.groupBy(records, ({ topic, partition }) => `${topic}-${partition}`);
    await settled(
      [...partitions.values()].map(async (partition) => {
        for (const record of partition) await process(record);
      }),
    );
  },
);

function powertools(
  name: string,
  kind: Pick<Contender, "oneByOne">,
  processAll: (records: readonly Received[], process: Process) => Promise<void>,
): Contender {
  return {
    name,
    withoutPrefix: true,
    ...kind,
    createConsumer({ client, documents, claimsTable, decide }) {
      const config = new IdempotencyConfig({});
      const handleOnce = makeIdempotent(
        (_identity: string, event: CloudEventV1<OrderCreated>, record: Received) => {
          const { topic, partition, offset, timestamp: timestampMs } = record;
          const source = { topic, partition, offset, timestampMs, key: null, value: null, headers: [] };
          return decideAndWrite(documents, () => decide(event, source));
        },
        {
          config,
          dataIndexArgument: 0,
          persistenceStore: new DynamoDBPersistenceLayer({ tableName: claimsTable, awsSdkV3Client: client }),
        },
      );
      const process: Process = async (record) => {
        const event = eventOf(record);
        await handleOnce(`${event.source}#${event.id}`, event, record);
      };
      const handler = kafkaConsumer<string, WrittenOrder>(
        async ({ records }, context) => {
          config.registerLambdaContext(context);
          await processAll(records, process);
        },
        { value: { type: SchemaType.AVRO, schema: schemaText } },
      );
      return async (event, context) => void (await handler(event as MSKEvent, context));
    },
  };
}

/** The event without validation, which Powertools has none of; its getters decode, so each is read once. */
function eventOf(record: Received): CloudEventV1<OrderCreated> {
  const headers: Readonly<Record<string, string>> = Object.assign({}, ...(record.headers ?? []));
  const order = record.value;
  return {
    specversion: "1.0",
    id: headers.ce_id ?? "",
    source: headers.ce_source ?? "",
    type: headers.ce_type ?? "",
    data: { ...order, createdAt: new Date(order.createdAt) },
  };
}

/** Waits for all before it rejects, so that nothing runs on beside the next batch. */
async function settled(all: readonly Promise<void>[]): Promise<void> {
  for (const end of await Promise.allSettled(all)) if (end.status === "rejected") throw end.reason;
}
