import { describe, expect, it } from "vitest";
import { defineMapping } from "../../../../local/mapping/mapping-definition.ts";
import { createResolver } from "../../../../local/template/resolve.ts";
import { assemblyOf, resourceOf, stackOf } from "../../../fixtures/templates.ts";

const valid = {
  EventSourceArn: "arn:aws:kafka:r:a:cluster/c/u",
  FunctionName: "inventory",
  Topics: ["order-events"],
  AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: "inventory" },
  StartingPosition: "TRIM_HORIZON",
};

function define(properties: Record<string, unknown>) {
  const stack = stackOf("services", { Mapping: { Type: "AWS::Lambda::EventSourceMapping", Properties: properties } });
  return defineMapping(resourceOf(stack, "Mapping"), createResolver(assemblyOf(stack), new Map()));
}

describe("defineMapping", () => {
  it("fills in Lambda's defaults", () => {
    expect(define(valid)).toMatchObject({
      batchSize: 100,
      windowMs: 500,
      reportsBatchItemFailures: false,
      retryAttempts: Number.POSITIVE_INFINITY,
      maxRecordAgeMs: Number.POSITIVE_INFINITY,
      onFailureTopic: undefined,
      enabled: true,
    });
  });

  it("takes limits and an on-failure topic; of no end it makes ten retries then, as Lambda does", () => {
    const limited = {
      ...valid,
      ProvisionedPollerConfig: {},
      DestinationConfig: { OnFailure: { Destination: "kafka://order-events.inventory.dlt" } },
      MaximumRecordAgeInSeconds: 60,
    };
    expect(define(limited)).toMatchObject({
      retryAttempts: 10,
      maxRecordAgeMs: 60_000,
      onFailureTopic: "order-events.inventory.dlt",
    });
    expect(define({ ...limited, MaximumRetryAttempts: 3 }).retryAttempts).toBe(3);
  });

  it("takes a SCRAM user's secret, a time to begin at, halves and filters, and what changes nothing here", () => {
    const definition = define({
      ...valid,
      ProvisionedPollerConfig: { MinimumPollers: 1, PollerGroupName: "orders" },
      SourceAccessConfigurations: [{ Type: "SASL_SCRAM_512_AUTH", URI: "arn:aws:secretsmanager:r:a:secret:user" }],
      StartingPosition: "AT_TIMESTAMP",
      StartingPositionTimestamp: 1_767_225_600,
      BisectBatchOnFunctionError: true,
      FilterCriteria: { Filters: [{ Pattern: '{"value":{"country":["DE"]}}' }] },
      KmsKeyArn: "arn:aws:kms:r:a:key/1",
      MetricsConfig: { Metrics: ["EventCount"] },
      LoggingConfig: { SystemLogLevel: "WARN" },
      Enabled: false,
    });
    expect(definition).toMatchObject({
      scramSecretArn: "arn:aws:secretsmanager:r:a:secret:user",
      fromBeginning: false,
      startingTimestampMs: 1_767_225_600_000,
      bisects: true,
      enabled: false,
    });
  });

  it.each([
    ["a time without AT_TIMESTAMP", { StartingPositionTimestamp: 1 }, /take each other/],
    ["AT_TIMESTAMP without a time", { StartingPosition: "AT_TIMESTAMP" }, /take each other/],
    ["halves without provisioned mode", { BisectBatchOnFunctionError: true }, /BisectBatchOnFunctionError needs Prov/],
    ["metrics without provisioned mode", { MetricsConfig: { Metrics: ["EventCount"] } }, /MetricsConfig needs Prov/],
    [
      "a schema registry of the mapping's own",
      { AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: "inventory", SchemaRegistryConfig: {} } },
      /SchemaRegistryConfig/,
    ],
    [
      "a login that is not SCRAM",
      { SourceAccessConfigurations: [{ Type: "CLIENT_CERTIFICATE_TLS_AUTH", URI: "arn" }] },
      /SASL_SCRAM_512_AUTH/,
    ],
    ["a limit without provisioned mode", { MaximumRetryAttempts: 3 }, /MaximumRetryAttempts needs Provisioned/],
    [
      "an on-failure topic without provisioned mode",
      { DestinationConfig: { OnFailure: { Destination: "kafka://dead-letters" } } },
      /needs ProvisionedPollerConfig/,
    ],
    [
      "its own source as on-failure topic",
      { ProvisionedPollerConfig: {}, DestinationConfig: { OnFailure: { Destination: "kafka://order-events" } } },
      /another topic than the source/,
    ],
    [
      "an on-failure destination that is not here",
      { ProvisionedPollerConfig: {}, DestinationConfig: { OnFailure: { Destination: "arn:aws:sqs:r:a:queue" } } },
      /must be kafka:\/\/TOPIC here/,
    ],
    ["a record age out of bounds", { MaximumRecordAgeInSeconds: 59 }, /must be -1 or 60 to 604800/],
    ["a property that the runner does not carry out", { ParallelizationFactor: 2 }, /ParallelizationFactor/],
    ["a batch size out of bounds", { BatchSize: 10_001 }, /BatchSize/],
    ["a window out of bounds", { MaximumBatchingWindowInSeconds: 301 }, /MaximumBatchingWindowInSeconds/],
    [
      "a partial batch response without provisioned mode",
      { FunctionResponseTypes: ["ReportBatchItemFailures"] },
      /needs ProvisionedPollerConfig/,
    ],
  ])("refuses %s", (_, properties, message) => {
    expect(() => define({ ...valid, ...properties })).toThrow(message);
  });
});
