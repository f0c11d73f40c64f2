import { CfnOutput, Duration, RemovalPolicy, Size } from "aws-cdk-lib";
import { AccessLogField, AccessLogFormat } from "aws-cdk-lib/aws-apigateway";
import { HttpApi, HttpMethod, type IHttpRouteAuthorizer, LogGroupLogDestination } from "aws-cdk-lib/aws-apigatewayv2";
import { HttpIamAuthorizer, HttpJwtAuthorizer } from "aws-cdk-lib/aws-apigatewayv2-authorizers";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import { type ILogGroup, LogGroup } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import type { ApiAuthorizer, StageConfig } from "../config.ts";
import { NodeFunction } from "./node-function.ts";
import { grantServiceAccess, kafkaEnvironment, serviceOf } from "./service-access.ts";
import type { ServiceProps } from "./service-props.ts";

/**
 * Who asked for what and what came of it, with no part of a body.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
 */
const accessLogFields = {
  time: AccessLogField.contextRequestTime(),
  requestId: AccessLogField.contextRequestId(),
  sourceIp: AccessLogField.contextIdentitySourceIp(),
  routeKey: AccessLogField.contextRouteKey(),
  status: AccessLogField.contextStatus(),
  latencyMs: AccessLogField.contextResponseLatency(),
  responseBytes: AccessLogField.contextResponseLength(),
  integrationError: AccessLogField.contextIntegrationErrorMessage(),
  authorizerError: AccessLogField.contextAuthorizerError(),
  error: AccessLogField.contextErrorMessage(),
};

/** What each authorizer knows of whom it has let in. */
const callerField: Readonly<Record<ApiAuthorizer["type"], string>> = {
  iam: AccessLogField.contextIdentityUserArn(),
  jwt: AccessLogField.contextAuthorizerClaims("sub"),
};

/** `POST /orders` of an HTTP API (payload format 2.0), and the function behind it, which produces to `order-events`. */
export class OrderService extends Construct {
  /** Other services add their routes to it. */
  readonly api: HttpApi;

  constructor(scope: Construct, id: string, { config, access, vpc, cluster, topics, registry }: ServiceProps) {
    super(scope, id);
    const service = serviceOf(access, "order-service");
    const handler = new NodeFunction(this, "Handler", {
      functionName: `backbone-${config.stage}-order-service`,
      folder: "order-service",
      memory: Size.mebibytes(512),
      // The API gives up after 30 s; the function has to have answered by then.
      timeout: Duration.seconds(28),
      environment: {
        ...kafkaEnvironment(this, cluster, service),
        SCHEMA_REGISTRY_URL: registry.urlIn(this),
        ORDER_EVENTS_TOPIC: topics.topic("order-events").name,
      },
      vpc,
      logRetention: config.logRetention,
      // Requests a second alone bound nothing: while Kafka hangs, each lasts 20 s instead of 0.1 s, and 200 times as many
      // are there at once. Without a bound of its own the function would take all of the account's executions.
      ...(config.api.concurrency === undefined ? {} : { reservedConcurrentExecutions: config.api.concurrency }),
    });
    grantServiceAccess(cluster, access, service, handler);
    registry.allowFrom(handler);

    this.api = new HttpApi(this, "Api", {
      apiName: `backbone-${config.stage}`,
      createDefaultStage: false,
      defaultAuthorizer: authorizerOf(config.api.authorizer),
    });
    this.api.addStage("DefaultStage", {
      autoDeploy: true,
      throttle: { rateLimit: config.api.requestsPerSecond, burstLimit: config.api.burst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(this.#accessLogs(config)),
        format: AccessLogFormat.custom(
          JSON.stringify({ ...accessLogFields, caller: callerField[config.api.authorizer.type] }),
        ),
      },
    });
    this.api.addRoutes({
      path: "/orders",
      methods: [HttpMethod.POST],
      integration: new HttpLambdaIntegration("Orders", handler.function),
    });
    new CfnOutput(this, "OrdersUrl", { value: `${this.api.apiEndpoint}/orders` });
  }

  /** Under the prefix for which API Gateway needs no entry in the account's policy on logs, whose room is small. */
  #accessLogs({ stage, logRetention }: StageConfig): ILogGroup {
    return new LogGroup(this, "AccessLogs", {
      logGroupName: `/aws/vendedlogs/apis/backbone-${stage}`,
      retention: logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    }) as ILogGroup;
  }
}

function authorizerOf(authorizer: ApiAuthorizer): IHttpRouteAuthorizer {
  if (authorizer.type === "iam") return new HttpIamAuthorizer();
  return new HttpJwtAuthorizer("Jwt", authorizer.issuer, { jwtAudience: [...authorizer.audience] });
}
