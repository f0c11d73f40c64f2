import { Duration, Size } from "aws-cdk-lib";
import { Construct } from "constructs";
import { claimTtl } from "./claim-ttl.ts";
import { mappingOf } from "./consumer-mapping.ts";
import { KeptTable } from "./kept-table.ts";
import { MskConsumer } from "./msk-consumer.ts";
import { OutboxRelay } from "./outbox-relay.ts";
import type { ServiceProps } from "./service-props.ts";

const topicName = "order-events";

/** The consumer that reserves stock for orders, its tables, and its outbox. The tables are kept when they leave the template. */
export class Inventory extends Construct {
  constructor(scope: Construct, id: string, props: ServiceProps) {
    super(scope, id);
    const { config, access, vpc, cluster, topics, registry, tableKey: key } = props;
    const reservations = new KeptTable(this, "Reservations", { key, partitionKey: "orderId" });
    const stock = new KeptTable(this, "Stock", { key, partitionKey: "sku" });
    const claims = new KeptTable(this, "Claims", { key, partitionKey: "id", timeToLiveAttribute: "expiresAt" });
    const outbox = new OutboxRelay(this, "Outbox", { ...props, service: "inventory-outbox" });

    const { handler } = new MskConsumer(this, "OrderEvents", {
      functionName: `backbone-${config.stage}-inventory`,
      folder: "inventory",
      memory: Size.mebibytes(512),
      timeout: Duration.seconds(60),
      environment: {
        SCHEMA_REGISTRY_URL: registry.urlIn(this),
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
      ...mappingOf(config.inventory, topics.topic(topicName)),
    });
    registry.allowFrom(handler);

    // TransactWriteItems is allowed by the actions of its items.
    reservations.grant(handler, "dynamodb:PutItem");
    stock.grant(handler, "dynamodb:BatchGetItem", "dynamodb:PutItem", "dynamodb:UpdateItem");
    claims.grant(handler, "dynamodb:GetItem", "dynamodb:PutItem");
    outbox.grantWrite(handler);
  }
}
