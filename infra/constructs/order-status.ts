import { Duration, Size } from "aws-cdk-lib";
import { type HttpApi, HttpMethod } from "aws-cdk-lib/aws-apigatewayv2";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import type { Table } from "aws-cdk-lib/aws-dynamodb";
import { Construct } from "constructs";
import { claimTtl } from "./claim-ttl.ts";
import { mappingOf } from "./consumer-mapping.ts";
import { KeptTable } from "./kept-table.ts";
import { MskConsumer } from "./msk-consumer.ts";
import { NodeFunction } from "./node-function.ts";
import type { ServiceProps } from "./service-props.ts";

export interface OrderStatusProps extends ServiceProps {
  /** The API that takes orders; it gets `GET /orders/{orderId}`. */
  readonly api: HttpApi;
}

/**
 * The read model of orders: a table of each order's status, two functions that keep it, and one that answers
 * `GET /orders/{orderId}` from it. The tables are kept when they leave the template.
 *
 * A mapping reads one topic, in a group of its own: a function for each, of the same code, has one group and one
 * dead-letter topic, and grants on no more than that.
 */
export class OrderStatus extends Construct {
  constructor(scope: Construct, id: string, props: OrderStatusProps) {
    super(scope, id);
    const { tableKey: key } = props;
    const statuses = new KeptTable(this, "Statuses", { key, partitionKey: "orderId" });
    const claims = new KeptTable(this, "Claims", { key, partitionKey: "id", timeToLiveAttribute: "expiresAt" });
    this.#addConsumer("OrderEvents", "order-events", { statuses, claims }, props);
    this.#addConsumer("InventoryEvents", "inventory-events", { statuses, claims }, props);
    this.#addApi(statuses, props);
  }

  #addConsumer(
    id: string,
    topicName: string,
    { statuses, claims }: { readonly statuses: Table; readonly claims: Table },
    { config, access, vpc, cluster, topics, registry }: ServiceProps,
  ): void {
    const { handler } = new MskConsumer(this, id, {
      functionName: `backbone-${config.stage}-order-status-${topicName}`,
      folder: "order-status",
      memory: Size.mebibytes(512),
      timeout: Duration.seconds(60),
      environment: {
        SCHEMA_REGISTRY_URL: registry.urlIn(this),
        STATUSES_TABLE: statuses.tableName,
        CLAIMS_TABLE: claims.tableName,
        CLAIM_TTL_SECONDS: String(claimTtl(topics.topic(topicName), config.orderStatus.claimMargin).toSeconds()),
      },
      vpc,
      logRetention: config.logRetention,
      cluster,
      topics,
      access,
      service: "order-status",
      topic: topicName,
      ...mappingOf(config.orderStatus, topics.topic(topicName)),
    });
    registry.allowFrom(handler);
    // TransactWriteItems is allowed by the actions of its items.
    statuses.grant(handler, "dynamodb:UpdateItem");
    claims.grant(handler, "dynamodb:GetItem", "dynamodb:PutItem");
  }

  #addApi(statuses: Table, { config, api }: OrderStatusProps): void {
    // It talks to DynamoDB alone, which takes no network of ours.
    const handler = new NodeFunction(this, "Api", {
      functionName: `backbone-${config.stage}-order-status-api`,
      folder: "order-status-api",
      memory: Size.mebibytes(512),
      // 8 s of DynamoDB at the most (`createDynamoDbClient`), and a cold start.
      timeout: Duration.seconds(15),
      environment: { STATUSES_TABLE: statuses.tableName },
      logRetention: config.logRetention,
    });
    statuses.grant(handler, "dynamodb:GetItem");
    api.addRoutes({
      path: "/orders/{orderId}",
      methods: [HttpMethod.GET],
      integration: new HttpLambdaIntegration("OrderStatus", handler.function),
    });
  }
}
