import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { dynamoDbSettings } from "../../../local/provision.ts";
import type { MskEvent } from "../../../shared/msk-event/index.ts";
import { eventually } from "../../integration/running-backbone.ts";
import type { TestParts } from "../run/parts.ts";
import type { TcpProxy } from "../tcp-proxy.ts";
import type { ConsumerSettings, Crash, FromConsumer, RegistryAway, ToConsumer } from "./messages.ts";

export interface ConsumerOptions {
  readonly parts: TestParts;
  /** Where it dies by itself. @default nowhere */
  readonly crash?: Crash;
  /** Milliseconds after which an invocation is killed, asked for each; undefined lets it live. @default never */
  readonly killAfterMs?: () => number | undefined;
  /** Ways to the parts that lose what they are told to lose. @default none */
  readonly proxies?: { readonly dynamodb?: TcpProxy; readonly broker?: TcpProxy };
  /** Port of what stands in front of DynamoDB, if anything does. @default the proxy's or DynamoDB's own */
  readonly dynamoDbPort?: number;
  /** @default 3 */
  readonly maxAttempts?: number;
  /** @default 1000 */
  readonly marginMs?: number;
  /** @default 400 */
  readonly concurrency?: number;
  /** See `ConsumerSettings`. @default false */
  readonly external?: boolean;
  /** @default it is there */
  readonly registryAway?: RegistryAway;
}

/** What came of an invocation, as the event source mapping sees it. */
export type Invocation =
  | Extract<FromConsumer, { type: "answered" | "failed" }>
  /** The process is gone, by SIGKILL. */
  | { readonly type: "crashed" };

/** A consumer process: one invocation at a time, as an execution environment of Lambda. */
export interface Consumer {
  /** Resolves once the process has loaded what it is built from. */
  readonly ready: Promise<void>;
  invoke(event: MskEvent, timeoutMs: number): Promise<Invocation>;
  /** Ends it; resolves when it is gone. */
  stop(): Promise<void>;
}

const program = fileURLToPath(new URL("consumer-process.ts", import.meta.url));

export function startConsumer(options: ConsumerOptions): Consumer {
  const { parts, proxies = {}, crash, registryAway, killAfterMs = () => undefined } = options;
  const settings: ConsumerSettings = {
    consumerGroup: "integrity",
    claimsTable: parts.claimsTable,
    effectsTable: parts.effectsTable,
    deadLetterTopic: parts.deadLetterTopic,
    brokerPort: parts.brokerPort,
    brokerRoutePort: proxies.broker?.port ?? parts.brokerPort,
    credentials: parts.credentials,
    maxAttempts: options.maxAttempts ?? 3,
    marginMs: options.marginMs ?? 1_000,
    concurrency: options.concurrency ?? 400,
    external: options.external ?? false,
    ...(crash && { crash }),
    ...(registryAway && { registryAway }),
  };
  const dynamoDb = dynamoDbSettings(options.dynamoDbPort ?? proxies.dynamodb?.port ?? parts.dynamoDbPort);
  const child = fork(program, {
    execArgv: [],
    env: {
      PATH: process.env.PATH,
      CONSUMER_SETTINGS: JSON.stringify(settings),
      AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.endpoint,
      AWS_REGION: dynamoDb.region,
      AWS_ACCESS_KEY_ID: dynamoDb.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: dynamoDb.credentials.secretAccessKey,
      NODE_EXTRA_CA_CERTS: parts.certificateFile,
      // A hundred processes with the same modules start in half the time.
      NODE_COMPILE_CACHE: parts.compileCache,
    },
  });
  const kill = () => void child.kill("SIGKILL");
  const { promise: gone, resolve: isGone } = Promise.withResolvers<NodeJS.Signals | null>();
  child.once("exit", (_, signal) => isGone(signal));
  const { promise: ready, resolve: isReady } = Promise.withResolvers<void>();
  let end: (invocation: Invocation) => void = () => {};
  let killer: NodeJS.Timeout | undefined;

  async function loseAnswers(of: "dynamodb" | "broker"): Promise<void> {
    const proxy = proxies[of];
    if (proxy === undefined) throw new Error(`no proxy stands before the part ${of}`);
    const before = proxy.swallowedBytes();
    proxy.swallowResponses();
    send({ type: "answersAreLost" });
    await eventually(`an answer of ${of} is lost`, async () => (proxy.swallowedBytes() > before ? true : undefined));
    kill();
    await gone;
    proxy.cut();
  }

  child.on("message", (message: FromConsumer) => {
    switch (message.type) {
      case "ready":
        return isReady();
      case "begun": {
        const afterMs = killAfterMs();
        if (afterMs !== undefined) killer = setTimeout(kill, afterMs);
        return;
      }
      case "loseAnswers":
        return void loseAnswers(message.of);
      default:
        return end(message);
    }
  });
  const ended = gone.then(
    (signal): Invocation =>
      signal === "SIGKILL" ? { type: "crashed" } : { type: "failed", error: "the process ended by itself" },
  );
  // A kill may come between an answer and the next message: what cannot be sent any more says no more than `gone` does.
  const send = (message: ToConsumer) => void child.send(message, () => {});

  return {
    ready,
    async invoke(event, timeoutMs) {
      const { promise, resolve } = Promise.withResolvers<Invocation>();
      end = resolve;
      send({ type: "invoke", event, timeoutMs });
      return Promise.race([promise, ended]).finally(() => clearTimeout(killer));
    },
    async stop() {
      kill();
      await gone;
    },
  };
}
