import { CfnOutput, Duration, Size } from "aws-cdk-lib";
import { HttpApi, HttpMethod } from "aws-cdk-lib/aws-apigatewayv2";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import { Construct } from "constructs";
import { NodeFunction } from "./node-function.ts";
import { grantServiceAccess, serviceOf } from "./service-access.ts";
import type { ServiceProps } from "./service-props.ts";

/** `POST /orders` of an HTTP API (payload format 2.0), and the function behind it, which produces to `order-events`. */
export class OrderService extends Construct {
  /** Other services add their routes to it. */
  readonly api: HttpApi;

  constructor(scope: Construct, id: string, { config, access, vpc, cluster, topics, registry }: ServiceProps) {
    super(scope, id);
    const handler = new NodeFunction(this, "Handler", {
      functionName: `backbone-${config.stage}-order-service`,
      folder: "order-service",
      memory: Size.mebibytes(512),
      // The API gives up after 30 s; the function has to have answered by then.
      timeout: Duration.seconds(28),
      environment: {
        KAFKA_BOOTSTRAP_SERVERS: cluster.bootstrap.saslIam,
        KAFKA_AUTH: "iam",
        SCHEMA_REGISTRY_URL: registry.url,
        ORDER_EVENTS_TOPIC: topics.topic("order-events").name,
      },
      vpc,
      logRetention: config.logRetention,
    });
    grantServiceAccess(cluster, access, serviceOf(access, "order-service"), handler);
    registry.allowFrom(handler);

    this.api = new HttpApi(this, "Api", { apiName: `backbone-${config.stage}`, createDefaultStage: false });
    // Without a limit of its own, a flood of orders would take all of the account's function concurrency.
    this.api.addStage("DefaultStage", {
      autoDeploy: true,
      throttle: { rateLimit: config.api.requestsPerSecond, burstLimit: config.api.burst },
    });
    this.api.addRoutes({
      path: "/orders",
      methods: [HttpMethod.POST],
      integration: new HttpLambdaIntegration("Orders", handler.function),
    });
    new CfnOutput(this, "OrdersUrl", { value: `${this.api.apiEndpoint}/orders` });
  }
}
