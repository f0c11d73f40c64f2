import { RemovalPolicy, Stack, Validations } from "aws-cdk-lib";
import { Key } from "aws-cdk-lib/aws-kms";
import { CfnBatchScramSecret } from "aws-cdk-lib/aws-msk";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { StringParameter } from "aws-cdk-lib/aws-ssm";
import { Construct } from "constructs";
import type { Service } from "../../shared/access/index.ts";
import { BackboneError } from "../../shared/errors.ts";

export interface ScramUsersProps {
  readonly clusterArn: string;
  readonly clusterName: string;
  /**
   * Names of the users: letters, digits, `.`, `_` and `-`. At most 10: one association takes no more secrets, and a second
   * one is no way out, since each removes from the cluster what is not its own.
   */
  readonly users: readonly string[];
}

/** Where a user's credentials are. */
export interface ScramUser {
  /** A secret `{"username", "password"}`. */
  readonly secretArn: string;
  /** The KMS key that the secret is encrypted with. */
  readonly keyArn: string;
  /** Says why the secret's own stack has no schedule that rotates it. */
  readonly acknowledgeNoSchedule: (reason: string) => void;
}

/** The SCRAM user name of a service: its principal without `User:`. */
export function principalName(service: Service): string {
  return service.principal.slice("User:".length);
}

/**
 * A secret with a generated password for each user, associated with the cluster. MSK asks for names that start with
 * `AmazonMSK_` and for a key of the customer's own. Secrets, key and association are kept when they leave the template,
 * and so the logins with the cluster; the parameter with a secret's ARN goes with its user. A user who leaves is no longer
 * associated, unless it is the last.
 * https://docs.aws.amazon.com/msk/latest/developerguide/msk-password-tutorial.html
 */
export class ScramUsers extends Construct {
  readonly #users: ReadonlyMap<string, { readonly secret: Secret; readonly parameterName: string }>;
  readonly #keyArn: string;
  readonly #clusterName: string;
  readonly #elsewhere = new Map<Stack, { readonly scope: Construct; readonly arns: Map<string, string> }>();

  constructor(scope: Construct, id: string, { clusterArn, clusterName, users }: ScramUsersProps) {
    super(scope, id);
    checkUsers(users);
    this.#clusterName = clusterName;
    const key = new Key(this, "Key", {
      description: `passwords of the SCRAM users of the Kafka cluster ${clusterName}`,
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    // Exported, whether another stack reads a secret or none does any more: it could not be taken away in one deployment.
    Stack.of(this).exportValue(key.keyArn);
    this.#keyArn = key.keyArn;
    // A scope of their own: a user may be called like one of the resources beside it.
    const secrets = new Construct(this, "Secrets");
    this.#users = new Map(
      users.map((user) => {
        const secret = userSecret(secrets, user, clusterName, key);
        const parameterName = `/msk/${clusterName}/scram-users/${user}/secret-arn`;
        new StringParameter(secret, "Arn", { parameterName, stringValue: secret.secretArn });
        return [user, { secret, parameterName }];
      }),
    );
    if (users.length > 0) {
      new CfnBatchScramSecret(this, "Association", {
        clusterArn,
        secretArnList: [...this.#users.values()].map(({ secret }) => secret.secretArn),
      }).applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    }
  }

  /**
   * The user of that name, for what is in the stack of a scope. Another stack reads the secret's ARN when it is deployed:
   * an export could not go with its user while that stack imports it, so that a service could neither go back to IAM nor
   * leave in one deployment.
   *
   * @throws BackboneError INVALID_OPTIONS if there is none
   */
  userIn(scope: Construct, name: string): ScramUser {
    const user = this.#users.get(name);
    if (user === undefined) {
      throw new BackboneError(
        "INVALID_OPTIONS",
        `SCRAM user: must be one of ${[...this.#users.keys()].join(", ") || "(none)"}, got '${name}'`,
      );
    }
    const { secret, parameterName } = user;
    return {
      secretArn:
        Stack.of(scope) === Stack.of(this) ? secret.secretArn : this.#arnIn(Stack.of(scope), name, parameterName),
      keyArn: this.#keyArn,
      acknowledgeNoSchedule: (reason) => Validations.of(secret).acknowledge({ id: "AwsSolutions-SMG4", reason }),
    };
  }

  /** Not by `valueForStringParameter`, for which `a.b` and `a-b` are the same. */
  #arnIn(stack: Stack, user: string, parameterName: string): string {
    const known = this.#elsewhere.get(stack) ?? {
      scope: new Construct(stack, `ScramUsersOf-${this.#clusterName}`),
      arns: new Map<string, string>(),
    };
    this.#elsewhere.set(stack, known);
    const arn =
      known.arns.get(user) ?? StringParameter.fromStringParameterName(known.scope, user, parameterName).stringValue;
    known.arns.set(user, arn);
    return arn;
  }
}

function checkUsers(users: readonly string[]): void {
  const problems = [
    ...users
      .filter((user) => !/^[\w.-]+$/.test(user))
      .map((user) => `must be letters, digits, '.', '_' and '-', got ${JSON.stringify(user)}`),
    ...(users.length > 10
      ? [`must be at most 10, the secrets of one association, which tolerates no other beside it, got ${users.length}`]
      : []),
  ];
  if (problems.length > 0) throw new BackboneError("INVALID_OPTIONS", `SCRAM users: ${problems.join("; ")}`);
}

function userSecret(scope: Construct, username: string, clusterName: string, encryptionKey: Key): Secret {
  return new Secret(scope, username, {
    // Names of clusters have no `_`, so that no two users of two clusters share a name.
    secretName: `AmazonMSK_${clusterName}_${username}`,
    encryptionKey,
    generateSecretString: {
      secretStringTemplate: JSON.stringify({ username }),
      generateStringKey: "password",
      passwordLength: 32,
      // The password becomes part of a quoted JAAS line, in which punctuation has a meaning.
      excludePunctuation: true,
    },
    removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  });
}
