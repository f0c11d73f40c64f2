import { beforeEach, describe, expect, test, vi } from "vitest";
import { saslOf } from "../../../shared/kafkajs/index.ts";
import { createScramSecretReader } from "../../../shared/kafkajs/scram-secret.ts";

/** Secrets Manager, which answers with what the test says. */
const secrets = vi.hoisted(() => ({
  clients: [] as { region?: string }[],
  asked: [] as string[],
  answer: async (): Promise<{ SecretString?: string }> => ({}),
}));

vi.mock("@aws-sdk/client-secrets-manager", () => ({
  GetSecretValueCommand: class {
    readonly input: { SecretId: string };
    constructor(input: { SecretId: string }) {
      this.input = input;
    }
  },
  SecretsManagerClient: class {
    constructor(config: { region?: string }) {
      secrets.clients.push(config);
    }
    send({ input }: { input: { SecretId: string } }) {
      secrets.asked.push(input.SecretId);
      return secrets.answer();
    }
  },
}));

const arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:AmazonMSK_inventory-a1b2c3";
const holds = (text: string) => {
  secrets.answer = async () => ({ SecretString: text });
};

beforeEach(() => {
  secrets.clients.length = 0;
  secrets.asked.length = 0;
});

describe("createScramSecretReader", () => {
  test("asks only when it is read, in the region of the ARN, and again each time", async () => {
    const read = createScramSecretReader(arn);
    expect(secrets.clients).toEqual([]);
    holds('{"username":"inventory","password":"one"}');
    expect(await read()).toEqual({ username: "inventory", password: "one" });
    holds('{"username":"inventory","password":"two"}');
    expect(await read()).toEqual({ username: "inventory", password: "two" });
    expect(secrets.clients).toMatchObject([{ region: "eu-west-1" }]);
    expect(secrets.asked).toEqual([arn, arn]);
  });

  test.each(["hunter2", '"hunter2"', '{"username":"hunter2"}', '{"username":"","password":"hunter2"}', ""])(
    "refuses %j without telling what it holds",
    async (text) => {
      holds(text);
      const error = await createScramSecretReader(arn)().catch((cause: unknown) => cause);
      expect(error).toMatchObject({
        message: `the secret ${arn} must be JSON with a non-empty username and password`,
      });
      expect(error).not.toHaveProperty("cause");
    },
  );

  test("says that the secret cannot be read, and why", async () => {
    secrets.answer = async () => {
      throw Object.assign(new Error("denied"), { name: "AccessDeniedException" });
    };
    await expect(createScramSecretReader(arn)()).rejects.toThrow(
      `the secret ${arn} could not be read: AccessDeniedException`,
    );
  });
});

test("reads the secret for every authentication", async () => {
  holds('{"username":"inventory","password":"one"}');
  const sasl = await saslOf({ mechanism: "scram-sha-512", secretArn: arn });
  if (!("authenticationProvider" in sasl)) throw new Error("kafkajs would not ask for the credentials");
  const log = () => {};
  const logger = { namespace: () => logger, setLogLevel: log, info: log, error: log, warn: log, debug: log };
  const connection = {
    host: "b-1",
    port: 9096,
    logger,
    saslAuthenticate: async () => {
      throw new Error("refused");
    },
  };
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    const authenticating = sasl.authenticationProvider(connection).authenticate();
    await expect(authenticating).rejects.toThrow("SASL SCRAM SHA512 authentication failed: refused");
    expect(secrets.asked).toHaveLength(attempt);
  }
});
