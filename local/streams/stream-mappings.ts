import { DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBStreamsClient } from "@aws-sdk/client-dynamodb-streams";
import { BackboneError } from "../../shared/errors.ts";
import type { Functions } from "../functions.ts";
import { dynamoDbSettings } from "../provision.ts";
import type { Assembly } from "../template/assembly.ts";
import type { Resolve } from "../template/resolve.ts";
import { deliver } from "./deliver.ts";
import { readStream } from "./read-stream.ts";
import { defineStreamMapping, isStreamMapping, type StreamDefinition } from "./stream-definition.ts";
import { toLambdaRecord } from "./stream-event.ts";

export interface StreamMappingsOptions {
  readonly assembly: Assembly;
  readonly resolve: Resolve;
  readonly functions: Functions;
  readonly dynamoDbPort: number;
  readonly say: (line: string) => void;
}

/** Event source mappings of tables' streams that are running. */
export interface StreamMappings {
  /** Resolves when none is at work any more; invocations in flight have to be ended first. */
  stop(): Promise<void>;
}

/**
 * Starts every enabled event source mapping of a table's stream. At-least-once; how far they have read is forgotten with the
 * process, and a kept stream is read from its start again.
 *
 * @throws BackboneError TEMPLATE_UNSUPPORTED, also for a table without a stream
 */
export async function startStreamMappings(options: StreamMappingsOptions): Promise<StreamMappings> {
  const { assembly, resolve, functions, dynamoDbPort, say } = options;
  const stopping = new AbortController();
  const settings = dynamoDbSettings(dynamoDbPort);
  const [tables, client] = [new DynamoDBClient(settings), new DynamoDBStreamsClient(settings)];
  const definitions = assembly
    .resourcesOf("AWS::Lambda::EventSourceMapping")
    .filter((resource) => isStreamMapping(resource, resolve))
    .map((resource) => defineStreamMapping(resource, resolve))
    .filter(({ enabled }) => enabled);

  async function streamArn({ table }: StreamDefinition): Promise<string> {
    const { Table } = await tables.send(new DescribeTableCommand({ TableName: table }));
    if (Table?.LatestStreamArn !== undefined) return Table.LatestStreamArn;
    throw new BackboneError("TEMPLATE_UNSUPPORTED", `the table ${table} has no stream that a mapping could read`);
  }

  function run(definition: StreamDefinition): Promise<void> {
    const delivery = {
      definition,
      function: functions.get(definition.functionName),
      stopping: stopping.signal,
      onFailure: ({ records, reason, end }: { records: number; reason: string; end: string }) =>
        say(`stream of ${definition.table}: a batch of ${records} records ${end}: ${reason}`),
    };
    return readStream({
      client,
      streamArn: () => streamArn(definition),
      startingPosition: definition.startingPosition,
      stopping: stopping.signal,
      onAway: (error) =>
        say(`stream of ${definition.table}: away, tried again: ${error instanceof Error ? error.name : typeof error}`),
      handle: (records, arn) =>
        deliver(
          records.map((record) => toLambdaRecord(record, arn)),
          delivery,
        ),
    });
  }

  await Promise.all(definitions.map(streamArn));
  const running = definitions.map(run);
  return {
    async stop() {
      stopping.abort();
      await Promise.all(running);
      tables.destroy();
      client.destroy();
    },
  };
}
