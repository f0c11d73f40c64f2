import { describe, expect, test } from "vitest";
import { defineStreamMapping, isStreamMapping } from "../../../../local/streams/stream-definition.ts";
import { toLambdaRecord } from "../../../../local/streams/stream-event.ts";
import { localResources } from "../../../../local/template/local-resources.ts";
import { createResolver } from "../../../../local/template/resolve.ts";
import { assemblyOf, resourceOf, stackOf } from "../../../fixtures/templates.ts";

const ports = { kafka: 1, controller: 2, registry: 3, dynamodb: 4, api: 5 };
const valid = {
  EventSourceArn: { "Fn::GetAtt": ["Outbox", "StreamArn"] },
  FunctionName: "relay",
  StartingPosition: "TRIM_HORIZON",
};

function mappingOf(properties: Record<string, unknown>) {
  const stack = stackOf("services", {
    Outbox: { Type: "AWS::DynamoDB::Table" },
    Mapping: { Type: "AWS::Lambda::EventSourceMapping", Properties: properties },
  });
  return { resource: resourceOf(stack, "Mapping"), resolve: createResolver(assemblyOf(stack), localResources(ports)) };
}

function define(properties: Record<string, unknown>) {
  const { resource, resolve } = mappingOf({ ...valid, ...properties });
  return defineStreamMapping(resource, resolve);
}

describe("a mapping of a table's stream", () => {
  test("is told from one of a topic by its source", () => {
    const stream = mappingOf(valid);
    const topic = mappingOf({ ...valid, EventSourceArn: "arn:aws:kafka:r:a:cluster/c/u" });

    expect(isStreamMapping(stream.resource, stream.resolve)).toBe(true);
    expect(isStreamMapping(topic.resource, topic.resolve)).toBe(false);
  });

  test("has Lambda's defaults", () => {
    expect(define({})).toMatchObject({
      table: "Outbox",
      batchSize: 100,
      parallelizationFactor: 1,
      reportsBatchItemFailures: false,
      bisects: false,
      maxRetries: Number.POSITIVE_INFINITY,
      enabled: true,
    });
  });

  test("wants what one of its filters lets through", () => {
    const Filters = [
      { Pattern: '{"eventName":["INSERT"],"dynamodb":{"Keys":{"n":{"N":["1","2"]}}}}' },
      { Pattern: '{"eventName":["MODIFY"]}' },
    ];
    const { wants } = define({ FilterCriteria: { Filters } });

    expect(wants({ eventName: "INSERT", dynamodb: { Keys: { n: { N: "2" } } } })).toBe(true);
    expect(wants({ eventName: "INSERT", dynamodb: { Keys: { n: { N: "3" } } } })).toBe(false);
    expect(wants({ eventName: "INSERT" })).toBe(false);
    expect(wants({ eventName: "MODIFY" })).toBe(true);
  });

  test.each([
    ["a property that the runner does not carry out", { TumblingWindowInSeconds: 1 }, /TumblingWindowInSeconds/],
    ["a batching window", { MaximumBatchingWindowInSeconds: 5 }, /MaximumBatchingWindowInSeconds/],
    ["more batches side by side than Lambda has", { ParallelizationFactor: 11 }, /ParallelizationFactor/],
    [
      "a comparison in a filter",
      { FilterCriteria: { Filters: [{ Pattern: '{"eventName":[{"prefix":"INS"}]}' }] } },
      /pattern\.eventName: must be an object, or a list/,
    ],
  ])("is refused with %s", (_name, properties, message) => {
    expect(() => define(properties)).toThrow(message);
  });
});

test("a record has its time in seconds and its bytes in base64", () => {
  const record = {
    eventID: "1",
    eventName: "INSERT" as const,
    eventSource: "aws:dynamodb",
    dynamodb: {
      ApproximateCreationDateTime: new Date(1_700_000_000_900),
      Keys: { id: { B: new Uint8Array([1, 2]) } },
      SequenceNumber: "111",
    },
  };

  expect(toLambdaRecord(record, "arn:stream")).toEqual({
    eventID: "1",
    eventName: "INSERT",
    eventSource: "aws:dynamodb",
    eventSourceARN: "arn:stream",
    dynamodb: { ApproximateCreationDateTime: 1_700_000_000, Keys: { id: { B: "AQI=" } }, SequenceNumber: "111" },
  });
});
