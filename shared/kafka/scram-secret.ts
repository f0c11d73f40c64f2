import * as v from "valibot";
import type { ScramCredentials } from "./kafka-client.ts";

const secretSchema = v.object({
  username: v.pipe(v.string(), v.nonEmpty()),
  password: v.pipe(v.string(), v.nonEmpty()),
});

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
    const result = v.safeParse(secretSchema, parseJson(await (await read)()));
    if (result.success) return result.output;
    // Neither the parser's error nor the schema's is kept as cause: both may quote the secret.
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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
