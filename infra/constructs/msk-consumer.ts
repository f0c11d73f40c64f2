import { Validations } from "aws-cdk-lib";
import { CfnEventSourceMapping } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import { type Access, consumerGroupOf, deadLetterTopicName, mappedService } from "../../shared/access/index.ts";
import type { KafkaTopics } from "./kafka-topics.ts";
import { checkMapping, type MappingSettings } from "./mapping-settings.ts";
import type { MskCluster } from "./msk-cluster.ts";
import { NodeFunction, type NodeFunctionProps } from "./node-function.ts";
import { grantServiceAccess, serviceOf } from "./service-access.ts";
import { unscoped } from "./unscoped-actions.ts";

export interface MskConsumerProps extends NodeFunctionProps, MappingSettings {
  readonly cluster: MskCluster;
  readonly topics: KafkaTopics;
  readonly access: Access;
  /** Name of the consuming service in the access file, which gives its consumer group and its grants. */
  readonly service: string;
  /** One of the topics that the service consumes. */
  readonly topic: string;
}

/**
 * A function that a Lambda event source mapping feeds with the records of a topic, with all that it takes: the mapping
 * in the service's consumer group for the topic, the role's grants on cluster, topic and group, the grants on the dead-letter
 * topic, the network path, and these variables: KAFKA_BOOTSTRAP_SERVERS, KAFKA_AUTH, CONSUMER_GROUP,
 * REPORT_BATCH_ITEM_FAILURES and, if the service has dead letters, DEAD_LETTER_TOPIC.
 *
 * Delivery is at least once: a batch may come again, whole or in part.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html
 */
export class MskConsumer extends Construct {
  readonly handler: NodeFunction;

  constructor(scope: Construct, id: string, props: MskConsumerProps) {
    super(scope, id);
    const { cluster, topics } = props;
    const topic = topics.topic(props.topic);
    const service = serviceOf(props.access, props.service);
    const consumerGroup = consumerGroupOf(service, topic.name);
    checkMapping(props, { service, topic });

    this.handler = new NodeFunction(this, "Consumer", {
      ...props,
      environment: {
        ...props.environment,
        KAFKA_BOOTSTRAP_SERVERS: cluster.bootstrap(this).saslIam,
        KAFKA_AUTH: "iam",
        CONSUMER_GROUP: consumerGroup,
        // The function has to know: without it, what is unfinished must fail the whole batch.
        REPORT_BATCH_ITEM_FAILURES: String(props.partialBatchResponse === true),
        ...(service.deadLetters ? { DEAD_LETTER_TOPIC: deadLetterTopicName(topic.name, service.name) } : {}),
      },
    });
    const role = this.handler.grantPrincipal;
    grantServiceAccess(cluster, props.access, mappedService(service, topic.name), this.handler);
    cluster.grantDescribe(role);
    role.addToPrincipalPolicy(unscoped.eventSourceMapping());
    role.addToPrincipalPolicy(unscoped.getBootstrapBrokers());

    const mapping = new CfnEventSourceMapping(this, "Mapping", {
      eventSourceArn: cluster.clusterArn,
      functionName: this.handler.function.functionName,
      topics: [topic.name],
      amazonManagedKafkaEventSourceConfig: { consumerGroupId: consumerGroup },
      startingPosition: props.startingPosition ?? "TRIM_HORIZON",
      ...limitsOf(props),
      ...provisionedOf(props),
      // The role's grant to write dead letters is the mapping's as well.
      ...(props.offloadToDeadLetters
        ? {
            destinationConfig: {
              onFailure: { destination: `kafka://${deadLetterTopicName(topic.name, service.name)}` },
            },
          }
        : {}),
    });
    if (props.offloadToDeadLetters !== true) {
      Validations.of(mapping).acknowledge({
        id: "Serverless-LambdaEventSourceMappingDestination",
        reason:
          "no batch is given up: it comes again as long as the topic has its records, and the function sets aside",
      });
    }
    // Lambda tries the role on the cluster while it makes the mapping, which fails for ever if the topic is missing.
    mapping.node.addDependency(role, topics);
  }
}

function limitsOf({ batchSize, batchWindow }: MappingSettings) {
  return {
    ...(batchSize === undefined ? {} : { batchSize }),
    ...(batchWindow === undefined ? {} : { maximumBatchingWindowInSeconds: batchWindow.toSeconds() }),
  };
}

function provisionedOf(settings: MappingSettings) {
  const { pollers, partialBatchResponse, bisectBatchOnError, retryAttempts, maxRecordAge } = settings;
  return {
    ...(pollers === undefined
      ? {}
      : { provisionedPollerConfig: { minimumPollers: pollers.minimum, maximumPollers: pollers.maximum } }),
    ...(partialBatchResponse ? { functionResponseTypes: ["ReportBatchItemFailures"] } : {}),
    ...(bisectBatchOnError ? { bisectBatchOnFunctionError: true } : {}),
    ...(retryAttempts === undefined ? {} : { maximumRetryAttempts: retryAttempts }),
    ...(maxRecordAge === undefined ? {} : { maximumRecordAgeInSeconds: maxRecordAge.toSeconds() }),
  };
}
