import { createScramRotation } from "../../../../functions/scram-rotation/rotate.ts";
import { createRotatedSecret } from "../../../../functions/scram-rotation/rotated-secret.ts";
import { createLogger } from "../../../../shared/logging/index.ts";
import { type FakeSecretsManager, startFakeSecretsManager } from "./fake-secrets-manager.ts";

export const secretArn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:AmazonMSK_orders-registry-a1b2c3";
export const firstSecret = JSON.stringify({ username: "registry", password: "oldoldoldoldoldoldoldoldoldoldol" });

/** A secret, the cluster that reads it late, the service that logs in with it, and the function that rotates it. */
export interface World {
  readonly secrets: FakeSecretsManager;
  /** The secret that each broker knows. Each pause lets one of them learn what is current. */
  readonly brokers: Map<string, string>;
  /** What the service had read and what the brokers knew at each of its restarts. */
  readonly restarts: { readonly read: string | undefined; readonly known: readonly string[] }[];
  /** Logins by broker. */
  readonly logins: Map<string, number>;
  readonly lines: string[];
  /** Called around each call of the function to what is outside of it. */
  onCall: (name: string, when: "before" | "after") => void;
  onPause: () => Promise<void>;
  /** Milliseconds that the function has; a pause takes its part. */
  remainingMs: number;
  step(name: string, version: string): Promise<void>;
  /** All four steps, as Secrets Manager calls them. */
  rotate(version: string): Promise<void>;
  close(): Promise<void>;
}

export async function createWorld({ current = firstSecret, restarts = true } = {}): Promise<World> {
  const secrets = await startFakeSecretsManager(current);
  const currentValue = () => secrets.values.get(secrets.labels.get("AWSCURRENT") ?? "") ?? "";

  async function called<T>(name: string, work: () => T): Promise<T> {
    world.onCall(name, "before");
    try {
      return work();
    } finally {
      world.onCall(name, "after");
    }
  }

  const rotate = createScramRotation({
    secretOf: (arn) => createRotatedSecret(secrets.client, arn),
    bootstrap: ["b-1:9096", "b-2:9096"],
    brokers: {
      logIn: (broker, { username, password }) =>
        called("LogIn", () => {
          world.logins.set(broker, (world.logins.get(broker) ?? 0) + 1);
          if (world.brokers.get(broker) !== JSON.stringify({ username, password })) throw new Error("login failed");
        }),
      list: () => called("ListBrokers", () => [...world.brokers.keys()]),
    },
    restart: restarts
      ? () =>
          called(
            "UpdateService",
            () => void world.restarts.push({ read: currentValue(), known: [...world.brokers.values()] }),
          )
      : undefined,
    marginMs: 10_000,
    async pause(ms) {
      world.remainingMs -= ms;
      const [behind] = [...world.brokers].find(([, known]) => known !== currentValue()) ?? [];
      if (behind !== undefined) world.brokers.set(behind, currentValue());
      await world.onPause();
    },
    logger: createLogger({ service: "scram-rotation", write: (line) => void world.lines.push(line) }),
  });

  const world: World = {
    secrets,
    brokers: new Map(["b-1:9096", "b-2:9096", "b-3:9096"].map((broker) => [broker, current])),
    restarts: [],
    logins: new Map(),
    lines: [],
    onCall: () => {},
    onPause: async () => {},
    remainingMs: 900_000,
    step: (Step, ClientRequestToken) =>
      rotate({ Step, SecretId: secretArn, ClientRequestToken }, { getRemainingTimeInMillis: () => world.remainingMs }),
    async rotate(version) {
      for (const step of ["createSecret", "setSecret", "testSecret", "finishSecret"]) await world.step(step, version);
    },
    close: () => secrets.close(),
  };
  secrets.onCall = (name, when) => world.onCall(name, when);
  return world;
}
