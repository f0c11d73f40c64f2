import type { ScramCredentials } from "../kafka/index.ts";

/**
 * The SCRAM credentials that a secret holds now, as JSON of `username` and `password`.
 *
 * The client of Secrets Manager is loaded here and not before. It is kept, the secret is not: whoever authenticates
 * asks again. The errors name the secret by its ARN and say nothing of what is in it.
 *
 * @see https://docs.aws.amazon.com/msk/latest/developerguide/msk-password-tutorial.html
 */
export function createScramSecretReader(secretArn: string): () => Promise<ScramCredentials> {
  let read: Promise<() => Promise<string>> | undefined;
  return async () => {
    read ??= createReader(secretArn);
    // By hand, for what kafkajs-client.ts says of its imports.
    const { username, password } = Object(parseJson(await (await read)()));
    if (isText(username) && isText(password)) return { username, password };
    // The parser's error is not kept as cause: it may quote the secret.
    throw new Error(`the secret ${secretArn} must be JSON with a non-empty username and password`);
  };
}

async function createReader(secretArn: string): Promise<() => Promise<string>> {
  const { GetSecretValueCommand, SecretsManagerClient } = await import("@aws-sdk/client-secrets-manager");
  const client = new SecretsManagerClient({
    // arn:aws:secretsmanager:<region>:…
    region: secretArn.split(":")[3] ?? "",
    maxAttempts: 2,
    // Two attempts fit into a third of a send's default time budget of 15 s: an endpoint that a VPC does not have
    // hangs, and the error shall say so.
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
  });
  return async () => {
    try {
      return (await client.send(new GetSecretValueCommand({ SecretId: secretArn }))).SecretString ?? "";
    } catch (cause) {
      const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : "unknown failure";
      throw new Error(`the secret ${secretArn} could not be read: ${reason}`, { cause });
    }
  };
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
