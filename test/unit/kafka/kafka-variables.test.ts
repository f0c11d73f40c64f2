import { expect, test } from "vitest";
import { readEnvironment } from "../../../shared/environment/index.ts";
import { kafkaVariables } from "../../../shared/kafka/index.ts";

const secretArn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:AmazonMSK_inventory-a1b2c3";
const servers = { KAFKA_BOOTSTRAP_SERVERS: "b-1:9098,b-2:9098" };

test("reads IAM with the region that Lambda sets", () => {
  expect(readEnvironment(kafkaVariables(), { ...servers, KAFKA_AUTH: "iam", AWS_REGION: "eu-west-1" })).toEqual({
    kafka: { brokers: ["b-1:9098", "b-2:9098"], auth: { mechanism: "iam", region: "eu-west-1" } },
  });
});

test("reads SCRAM with its credentials", () => {
  const scram = { KAFKA_AUTH: "scram", KAFKA_SCRAM_USERNAME: "inventory", KAFKA_SCRAM_PASSWORD: "hunter22" };
  expect(readEnvironment(kafkaVariables(), { ...servers, ...scram })).toEqual({
    kafka: {
      brokers: ["b-1:9098", "b-2:9098"],
      auth: { mechanism: "scram-sha-512", username: "inventory", password: "hunter22" },
    },
  });
});

test("reads SCRAM with a secret of Secrets Manager", () => {
  const scram = { KAFKA_AUTH: "scram", KAFKA_SCRAM_SECRET_ARN: secretArn };
  expect(readEnvironment(kafkaVariables(), { ...servers, ...scram })).toEqual({
    kafka: { brokers: ["b-1:9098", "b-2:9098"], auth: { mechanism: "scram-sha-512", secretArn } },
  });
});

test.each([
  [{}, 'KAFKA_BOOTSTRAP_SERVERS is missing; KAFKA_AUTH must be "iam" or "scram", got nothing'],
  [{ ...servers, KAFKA_AUTH: "plain" }, 'wrong environment: KAFKA_AUTH must be "iam" or "scram", got "plain"'],
  [{ ...servers, KAFKA_AUTH: "iam" }, "wrong environment: AWS_REGION is missing"],
  [
    { ...servers, KAFKA_AUTH: "scram" },
    "KAFKA_SCRAM_SECRET_ARN must be set, or else KAFKA_SCRAM_USERNAME and KAFKA_SCRAM_PASSWORD, got nothing",
  ],
  [
    { ...servers, KAFKA_AUTH: "scram", KAFKA_SCRAM_SECRET_ARN: secretArn, KAFKA_SCRAM_USERNAME: "inventory" },
    "KAFKA_SCRAM_SECRET_ARN must not stand beside KAFKA_SCRAM_USERNAME and KAFKA_SCRAM_PASSWORD, got a value",
  ],
  [
    { ...servers, KAFKA_AUTH: "scram", KAFKA_SCRAM_USERNAME: "inventory" },
    "KAFKA_SCRAM_PASSWORD must be set beside KAFKA_SCRAM_USERNAME, got nothing",
  ],
  [
    { ...servers, KAFKA_AUTH: "scram", KAFKA_SCRAM_PASSWORD: "hunter22" },
    "KAFKA_SCRAM_USERNAME must be set beside KAFKA_SCRAM_PASSWORD, got nothing",
  ],
  [
    { KAFKA_AUTH: "scram", KAFKA_SCRAM_SECRET_ARN: "AmazonMSK_inventory" },
    "KAFKA_BOOTSTRAP_SERVERS is missing; KAFKA_SCRAM_SECRET_ARN must be the ARN of a secret of Secrets Manager",
  ],
])("refuses %j", (environment, message) => {
  expect(() => readEnvironment(kafkaVariables(), environment)).toThrow(message);
});
