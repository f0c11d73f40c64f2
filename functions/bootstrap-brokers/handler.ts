import { GetBootstrapBrokersCommand, KafkaClient } from "@aws-sdk/client-kafka";
import { createBootstrapBrokers } from "./bootstrap-brokers.ts";

const kafka = new KafkaClient({});

/** `onEvent` of the custom resource provider: see `createBootstrapBrokers`. */
export const handler = createBootstrapBrokers({
  getBootstrapBrokers: (clusterArn) => kafka.send(new GetBootstrapBrokersCommand({ ClusterArn: clusterArn })),
});
