import { Duration, RemovalPolicy, Size } from "aws-cdk-lib";
import { AttributeType, BillingMode, Table } from "aws-cdk-lib/aws-dynamodb";
import { Construct } from "constructs";
import { deadLetterRetentionDays, type Topic } from "../../shared/access/index.ts";
import { BackboneError } from "../../shared/errors.ts";
import { MskConsumer } from "./msk-consumer.ts";
import { OutboxRelay } from "./outbox-relay.ts";
import type { ServiceProps } from "./service-props.ts";

const topicName = "order-events";

/** The consumer that reserves stock for orders, its tables, and its outbox. The tables are kept when they leave the template. */
export class Inventory extends Construct {
  constructor(scope: Construct, id: string, props: ServiceProps) {
    super(scope, id);
    const { config, access, vpc, cluster, topics, registry } = props;
    const reservations = this.#table("Reservations", "orderId");
    const stock = this.#table("Stock", "sku");
    const claims = this.#table("Claims", "id", "expiresAt");
    const outbox = new OutboxRelay(this, "Outbox", { ...props, service: "inventory-outbox" });

    const { handler } = new MskConsumer(this, "OrderEvents", {
      functionName: `backbone-${config.stage}-inventory`,
      folder: "inventory",
      memory: Size.mebibytes(512),
      timeout: Duration.seconds(60),
      environment: {
        SCHEMA_REGISTRY_URL: registry.url,
        RESERVATIONS_TABLE: reservations.tableName,
        STOCK_TABLE: stock.tableName,
        CLAIMS_TABLE: claims.tableName,
        OUTBOX_TABLE: outbox.table.tableName,
        INVENTORY_EVENTS_TOPIC: topics.topic("inventory-events").name,
        INITIAL_STOCK: String(config.inventory.initialStock),
        CLAIM_TTL_SECONDS: String(claimTtl(topics.topic(topicName), config.inventory.claimMargin).toSeconds()),
      },
      vpc,
      logRetention: config.logRetention,
      cluster,
      topics,
      access,
      service: "inventory",
      topic: topicName,
      batchSize: config.inventory.batchSize,
      batchWindow: config.inventory.batchWindow,
      pollers: config.inventory.pollers,
      partialBatchResponse: true,
    });
    registry.allowFrom(handler);

    // TransactWriteItems is allowed by the actions of its items.
    reservations.grant(handler, "dynamodb:PutItem");
    stock.grant(handler, "dynamodb:BatchGetItem", "dynamodb:PutItem", "dynamodb:UpdateItem");
    claims.grant(handler, "dynamodb:GetItem", "dynamodb:PutItem");
    outbox.grantWrite(handler);
  }

  #table(id: string, partitionKey: string, timeToLiveAttribute?: string): Table {
    return new Table(this, id, {
      partitionKey: { name: partitionKey, type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: RemovalPolicy.RETAIN,
      ...(timeToLiveAttribute === undefined ? {} : { timeToLiveAttribute }),
    });
  }
}

/**
 * How long a claim has to live: as long as its record can come again. A record stays in the topic for the topic's
 * retention, may be set aside at its end, and be redriven at the end of the dead-letter topic's retention:
 * 7 days + 14 days + a margin of 1 day = 22 days = 1,900,800 s.
 *
 * @throws BackboneError INVALID_OPTIONS for a topic that keeps its records for ever, or does not say how long
 */
export function claimTtl(source: Topic, margin: Duration): Duration {
  const retentionMs = Number(source.configs["retention.ms"] ?? Number.NaN);
  if (!(retentionMs > 0)) {
    throw new BackboneError(
      "INVALID_OPTIONS",
      `topic ${source.name}: retention.ms must be more than 0 for its consumers' claims to outlive its records, ` +
        `got ${source.configs["retention.ms"] ?? "nothing"}`,
    );
  }
  return Duration.millis(retentionMs).plus(Duration.days(deadLetterRetentionDays)).plus(margin);
}
