import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";

/** Secrets Manager with one secret, as far as a rotation asks it, behind its own protocol. */
export interface FakeSecretsManager {
  readonly client: SecretsManagerClient;
  /** Values by version; a version without one is empty. */
  readonly values: Map<string, string>;
  /** Which version has a label. */
  readonly labels: Map<string, string>;
  rotationEnabled: boolean;
  /** What the next random passwords are. */
  readonly passwords: string[];
  /** Called around each request; what it throws the client never learns: the connection is cut. */
  onCall: (name: string, when: "before" | "after") => void;
  /** What a service would call it to begin a rotation: an empty pending version. */
  begin(version: string): void;
  close(): Promise<void>;
}

type Request = Readonly<Record<string, string | undefined>>;

export async function startFakeSecretsManager(current: string): Promise<FakeSecretsManager> {
  const values = new Map([["first", current]]);
  const labels = new Map([["AWSCURRENT", "first"]]);
  let made = 0;

  const operations: Readonly<Record<string, (request: Request) => object | string>> = {
    DescribeSecret: () => ({
      RotationEnabled: fake.rotationEnabled,
      VersionIdsToStages: Object.fromEntries(
        [...Map.groupBy(labels, ([, version]) => version)].map(([version, of]) => [
          version,
          of.map(([label]) => label),
        ]),
      ),
    }),
    GetSecretValue({ VersionId = "" }) {
      const SecretString = values.get(VersionId);
      return SecretString === undefined ? "ResourceNotFoundException" : { SecretString };
    },
    GetRandomPassword: () => ({ RandomPassword: fake.passwords.shift() ?? `made${made++}`.padEnd(32, "x") }),
    PutSecretValue({ ClientRequestToken = "", SecretString = "" }) {
      const present = values.get(ClientRequestToken);
      if (present !== undefined && present !== SecretString) return "ResourceExistsException";
      values.set(ClientRequestToken, SecretString);
      return {};
    },
    UpdateSecretVersionStage({ VersionStage = "", MoveToVersionId = "", RemoveFromVersionId = "" }) {
      if (labels.get(VersionStage) !== RemoveFromVersionId) return "InvalidParameterException";
      labels.set(VersionStage, MoveToVersionId);
      if (VersionStage === "AWSCURRENT") labels.set("AWSPREVIOUS", RemoveFromVersionId);
      return {};
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const name = String(request.headers["x-amz-target"]).replace("secretsmanager.", "");
    const body: Request = JSON.parse(await text(request));
    try {
      fake.onCall(name, "before");
      const result = operations[name]?.(body) ?? "UnknownOperationException";
      fake.onCall(name, "after");
      const isError = typeof result === "string";
      response.writeHead(isError ? 400 : 200, { "content-type": "application/x-amz-json-1.1" });
      response.end(JSON.stringify(isError ? { __type: result, message: result } : result));
    } catch {
      request.socket.destroy();
    }
  }

  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const client = new SecretsManagerClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: "eu-west-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    maxAttempts: 1,
  });
  const fake: FakeSecretsManager = {
    client,
    values,
    labels,
    rotationEnabled: true,
    passwords: [],
    onCall: () => {},
    begin: (version) => void labels.set("AWSPENDING", version),
    async close() {
      client.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return fake;
}
