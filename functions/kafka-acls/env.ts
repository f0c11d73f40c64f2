import { type Environment, readEnvironment } from "../../shared/environment/index.ts";
import { type KafkaConnection, kafkaVariables } from "../../shared/kafka/index.ts";

/** @throws BackboneError INVALID_OPTIONS that names every missing or wrong variable at once */
export function readKafkaAclsEnvironment(environment: Environment = process.env): KafkaConnection {
  return readEnvironment(kafkaVariables(), environment).kafka;
}
