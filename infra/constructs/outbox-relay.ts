import { Duration, Size, Validations } from "aws-cdk-lib";
import { StreamViewType, type Table } from "aws-cdk-lib/aws-dynamodb";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import { type IGrantable, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { CfnEventSourceMapping } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import { BackboneError } from "../../shared/errors.ts";
import { KeptTable } from "./kept-table.ts";
import { NodeFunction } from "./node-function.ts";
import { grantServiceAccess, kafkaEnvironment, serviceOf } from "./service-access.ts";
import type { ServiceProps } from "./service-props.ts";
import { unscoped } from "./unscoped-actions.ts";

export interface OutboxRelayProps extends Omit<ServiceProps, "topics" | "registry"> {
  /** Name of the sending service in the access file: it produces to what may be published. */
  readonly service: string;
}

const sweepInterval = Duration.minutes(1);
/** What is younger is left to the stream, which takes about a second. */
const sweepOlderThan = Duration.minutes(1);

/**
 * An outbox: the table that holds what is unsent, and the function that sends it, woken by the table's stream, and each
 * minute by a schedule for what the stream has lost. The table is kept when it leaves the template.
 *
 * The stream holds its records for 24 hours and gives a batch up after five retries, so that a key that cannot be sent does
 * not hold the others of its shard up for a day; what it gives up is in the table, and the schedule's.
 */
export class OutboxRelay extends Construct {
  readonly table: Table;

  constructor(
    scope: Construct,
    id: string,
    { config, access, vpc, cluster, tableKey: key, service: name }: OutboxRelayProps,
  ) {
    super(scope, id);
    const service = serviceOf(access, name);
    this.table = new KeptTable(this, "Table", {
      key,
      partitionKey: "groupKey",
      sortKey: "sourcePosition",
      // The relay reads the items itself, in the order of their key; all it has to be told is which key.
      stream: StreamViewType.KEYS_ONLY,
    });

    const handler = new NodeFunction(this, "Handler", {
      functionName: `backbone-${config.stage}-${service.name}`,
      folder: "outbox-relay",
      memory: Size.mebibytes(512),
      timeout: Duration.seconds(60),
      environment: {
        ...kafkaEnvironment(this, cluster, service),
        SERVICE: service.name,
        OUTBOX_TABLE: this.table.tableName,
        SWEEP_OLDER_THAN_SECONDS: String(sweepOlderThan.toSeconds()),
      },
      vpc,
      logRetention: config.logRetention,
    });
    grantServiceAccess(cluster, access, service, handler);
    this.table.grant(handler, "dynamodb:BatchWriteItem", "dynamodb:Query", "dynamodb:Scan");

    this.#wakeByStream(handler);
    const sweep = new Rule(this, "Sweep", {
      description: `sends what ${service.name} has not sent when it was written`,
      schedule: Schedule.rate(sweepInterval),
      targets: [new LambdaFunction(handler.function)],
    });
    Validations.of(sweep).acknowledge({
      id: "Serverless-EventBusDLQ",
      reason: "its events hold nothing, and the next one is there within a minute",
    });
  }

  /** Allows putting items into the outbox, which a transaction does. */
  grantWrite(grantee: IGrantable): void {
    this.table.grant(grantee, "dynamodb:PutItem");
  }

  /** https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html */
  #wakeByStream(handler: NodeFunction): void {
    const { tableStreamArn } = this.table;
    if (tableStreamArn === undefined) throw new BackboneError("INVALID_OPTIONS", "the outbox's table has no stream");
    const role = handler.grantPrincipal;
    // Its records are under the table's key, of which the relay may have DynamoDB make use already.
    role.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
        resources: [tableStreamArn],
      }),
    );
    role.addToPrincipalPolicy(unscoped.listStreams());
    const mapping = new CfnEventSourceMapping(this, "Mapping", {
      eventSourceArn: tableStreamArn,
      functionName: handler.function.functionName,
      startingPosition: "TRIM_HORIZON",
      // Deletions, as many as insertions, would only wake it for nothing.
      filterCriteria: { filters: [{ pattern: JSON.stringify({ eventName: ["INSERT"] }) }] },
      batchSize: 100,
      maximumBatchingWindowInSeconds: 0,
      // Batches of a shard side by side. Those of one key may meet: its order does not depend on them, see the relay.
      parallelizationFactor: 4,
      functionResponseTypes: ["ReportBatchItemFailures"],
      bisectBatchOnFunctionError: true,
      maximumRetryAttempts: 5,
    });
    Validations.of(mapping).acknowledge({
      id: "Serverless-LambdaEventSourceMappingDestination",
      reason: "what the stream gives up is still in the table, and the schedule sends it",
    });
    // Lambda tries the role on the stream while it makes the mapping.
    mapping.node.addDependency(role);
  }
}
