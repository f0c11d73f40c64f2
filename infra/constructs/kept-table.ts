import { RemovalPolicy, Stack } from "aws-cdk-lib";
import { AttributeType, BillingMode, type StreamViewType, Table, TableEncryption } from "aws-cdk-lib/aws-dynamodb";
import { Grant, type IGrantable } from "aws-cdk-lib/aws-iam";
import { type IKey, Key } from "aws-cdk-lib/aws-kms";
import type { Construct } from "constructs";

export interface KeptTableProps {
  /** What its items are encrypted with, see `createTableKey`. */
  readonly key: IKey;
  /** Attribute of its partition key, a text. */
  readonly partitionKey: string;
  /** Attribute of its sort key, a text. @default none */
  readonly sortKey?: string;
  /** Attribute with the seconds since 1970 after which an item may go. @default items stay */
  readonly timeToLiveAttribute?: string;
  /** What its stream tells of each change. @default no stream */
  readonly stream?: StreamViewType;
}

/**
 * A table of a service, on demand: encrypted with a key of the stage, kept when it leaves the template, restorable to any
 * second of the last 35 days. Whoever is granted an action on it may have DynamoDB use the key, and may not use the key.
 *
 * Another key for a table that is there is an update in place: DynamoDB encrypts the table's own key anew.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
 */
export class KeptTable extends Table {
  readonly #key: IKey;

  constructor(
    scope: Construct,
    id: string,
    { key, partitionKey, sortKey, timeToLiveAttribute, stream }: KeptTableProps,
  ) {
    super(scope, id, {
      partitionKey: { name: partitionKey, type: AttributeType.STRING },
      ...(sortKey === undefined ? {} : { sortKey: { name: sortKey, type: AttributeType.STRING } }),
      ...(timeToLiveAttribute === undefined ? {} : { timeToLiveAttribute }),
      ...(stream === undefined ? {} : { stream }),
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: key,
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    this.#key = key;
  }

  override grant(grantee: IGrantable, ...actions: string[]): Grant {
    const readsOnly = actions.every((action) => readActions.has(action));
    const useOfKey = Grant.addToPrincipal({
      grantee,
      actions: [...keyUse.toRead, ...(readsOnly ? [] : keyUse.toWrite)],
      resourceArns: [this.#key.keyArn],
      conditions: { StringEquals: { "kms:ViaService": `dynamodb.${Stack.of(this).region}.amazonaws.com` } },
    });
    return super.grant(grantee, ...actions).combine(useOfKey);
  }
}

const readActions: ReadonlySet<string> = new Set(
  ["GetItem", "BatchGetItem", "Query", "Scan"].map((name) => `dynamodb:${name}`),
);

/**
 * What DynamoDB does with the key for the principal that calls it.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
 */
const keyUse = {
  toRead: ["kms:Decrypt", "kms:DescribeKey"],
  toWrite: ["kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo"],
} as const;

/**
 * The key for the tables of a stage's services, rotated each year. AWS's own key would cost nothing, and dev has one of its
 * own nevertheless: a grant on the key that is missing is to show there, not in prod first. It is $1 a month, beside brokers
 * for $447, and few requests at $0.03 for 10,000, since DynamoDB keeps a table's own key in memory for each caller.
 */
export function createTableKey(scope: Construct, stage: string): Key {
  return new Key(scope, "TableKey", {
    description: `tables of the services of backbone-${stage}`,
    enableKeyRotation: true,
    removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  });
}
