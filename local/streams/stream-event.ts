import type { _Record } from "@aws-sdk/client-dynamodb-streams";
import type { DynamoDBRecord } from "aws-lambda";

/** A record of a stream as a mapping puts it into its event: times in seconds, bytes in base64. */
export function toLambdaRecord(record: _Record, eventSourceARN: string): DynamoDBRecord {
  const { ApproximateCreationDateTime: createdAt, ...dynamodb } = record.dynamodb ?? {};
  const seconds = createdAt && { ApproximateCreationDateTime: Math.floor(createdAt.getTime() / 1000) };
  const whole = { ...record, dynamodb: { ...seconds, ...dynamodb }, eventSourceARN };
  return JSON.parse(JSON.stringify(whole, withBase64));
}

function withBase64(_name: string, value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value;
}
