import { Validations } from "aws-cdk-lib";
import { Grant } from "aws-cdk-lib/aws-iam";
import { CfnEventSourceMapping } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import { type Access, consumerGroupOf, deadLetterTopicName, mappedService } from "../../shared/access/index.ts";
import type { KafkaTopics } from "./kafka-topics.ts";
import { checkMapping } from "./mapping-checks.ts";
import { offload } from "./mapping-offload.ts";
import { mappingProperties } from "./mapping-properties.ts";
import { readSchemasOf } from "./mapping-schema-registry.ts";
import type { MappingSettings } from "./mapping-settings.ts";
import type { MskCluster } from "./msk-cluster.ts";
import { NodeFunction, type NodeFunctionProps } from "./node-function.ts";
import { pollerGroupProblems } from "./poller-groups.ts";
import { grantServiceAccess, kafkaEnvironment, scramUserOf, serviceOf } from "./service-access.ts";
import { unscoped } from "./unscoped-actions.ts";

export interface MskConsumerProps extends NodeFunctionProps, MappingSettings {
  readonly cluster: MskCluster;
  readonly topics: KafkaTopics;
  readonly access: Access;
  /** Name of the consuming service in the access file, which gives its consumer group, its grants, and IAM or SCRAM. */
  readonly service: string;
  /** One of the topics that the service consumes. */
  readonly topic: string;
}

/**
 * A function that a Lambda event source mapping feeds with the records of a topic, with all that it takes: its log group,
 * the mapping in the service's consumer group for the topic, the role's grants on cluster, topic and group, or the secret
 * of its SCRAM user, the grants on the dead-letter topic or another destination, the network path, and these variables:
 * those of `kafkaVariables`, CONSUMER_GROUP, REPORT_BATCH_ITEM_FAILURES and, if the service has dead letters,
 * DEAD_LETTER_TOPIC.
 *
 * Delivery is at least once: a batch may come again, whole or in part.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html
 *
 * @throws BackboneError INVALID_OPTIONS that names every wrong setting of the mapping at once
 */
export class MskConsumer extends Construct {
  readonly handler: NodeFunction;

  constructor(scope: Construct, id: string, props: MskConsumerProps) {
    super(scope, id);
    const { cluster, topics, pollerGroup } = props;
    const topic = topics.topic(props.topic);
    const service = serviceOf(props.access, props.service);
    const consumerGroup = consumerGroupOf(service, topic.name);
    const deadLetterTopic = deadLetterTopicName(topic.name, service.name);
    checkMapping(props, { service, topic });
    if (pollerGroup !== undefined) {
      this.node.addValidation({ validate: () => pollerGroupProblems(this, pollerGroup) });
    }

    this.handler = new NodeFunction(this, "Consumer", {
      ...props,
      environment: {
        ...props.environment,
        ...kafkaEnvironment(this, cluster, service),
        CONSUMER_GROUP: consumerGroup,
        // The function has to know: without it, what is unfinished must fail the whole batch.
        REPORT_BATCH_ITEM_FAILURES: String(props.partialBatchResponse === true),
        ...(service.deadLetters ? { DEAD_LETTER_TOPIC: deadLetterTopic } : {}),
      },
    });
    const role = this.handler.grantPrincipal;
    grantServiceAccess(cluster, props.access, mappedService(service, topic.name), this.handler);
    cluster.grantMapping(role, service.auth);
    role.addToPrincipalPolicy(unscoped.eventSourceMapping());
    role.addToPrincipalPolicy(unscoped.getBootstrapBrokers());
    if (props.filterKey !== undefined) {
      Grant.addToPrincipal({ grantee: role, actions: ["kms:Decrypt"], resourceArns: [props.filterKey.keyArn] });
    }

    const { schemaRegistry } = props;
    const destination = offload(props, deadLetterTopic, this.handler);
    const mapping = new CfnEventSourceMapping(this, "Mapping", {
      eventSourceArn: cluster.clusterArn,
      functionName: this.handler.function.functionName,
      topics: [topic.name],
      amazonManagedKafkaEventSourceConfig: {
        consumerGroupId: consumerGroup,
        ...(schemaRegistry === undefined ? {} : { schemaRegistryConfig: readSchemasOf(schemaRegistry, this.handler) }),
      },
      // Without a secret, Lambda takes IAM.
      ...(service.auth === "scram"
        ? {
            sourceAccessConfigurations: [
              { type: "SASL_SCRAM_512_AUTH", uri: scramUserOf(this, cluster, service).secretArn },
            ],
          }
        : {}),
      ...mappingProperties(props),
      ...(destination === undefined ? {} : { destinationConfig: { onFailure: { destination } } }),
    });
    if (destination === undefined) {
      Validations.of(mapping).acknowledge({
        id: "Serverless-LambdaEventSourceMappingDestination",
        reason:
          "no batch is given up: it comes again as long as the topic has its records, and the function sets aside",
      });
    }
    // Lambda tries the role, or the user, on the cluster while it makes the mapping, which fails for ever if the topic is
    // missing. Users are associated in the cluster; the ACLs are made in the stack of the topics.
    mapping.node.addDependency(role, topics, cluster);
  }
}
