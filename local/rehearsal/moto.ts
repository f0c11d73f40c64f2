import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as v from "valibot";
import { answers, failed, startPart } from "../parts/part.ts";
import { freePort } from "../parts/ports.ts";

const server = fileURLToPath(new URL("server.py", import.meta.url));

/** moto's account, whatever the credentials. */
export const account = "123456789012";
export const region = "eu-central-1";

/** An AWS account in a process of this machine. */
export interface Moto {
  readonly endpoint: string;
  /** What its server printed. */
  readonly logFile: string;
  /** What makes a program of AWS work against it, and nothing else: no profile, no key and no proxy of the caller's. */
  readonly env: NodeJS.ProcessEnv;
  /** What a team brings along: deployments with HTTPS are told of it. */
  readonly certificate: { readonly arn: string; readonly domainName: string };
  /** Resource types that moto does not have, as far as they were deployed. */
  standIns(): string[];
  stop(): Promise<void>;
}

const domainName = "registry.example.com";
const requestedSchema = v.object({ CertificateArn: v.string() });

/** By hand: it is the one request of the project to ACM, and moto asks for no signature, only which service is meant. */
async function requestCertificate(endpoint: string): Promise<string> {
  const response = await fetch(endpoint, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": "CertificateManager.RequestCertificate",
      authorization: `AWS4-HMAC-SHA256 Credential=rehearsal/20260101/${region}/acm/aws4_request, SignedHeaders=host, Signature=none`,
    },
    body: JSON.stringify({ DomainName: domainName }),
  });
  return v.parse(requestedSchema, await response.json()).CertificateArn;
}

/** @throws BackboneError PART_FAILED when it does not start, or has no certificate to give */
export async function startMoto({ python, folder }: { python: string; folder: string }): Promise<Moto> {
  const port = await freePort();
  const standInsFile = join(folder, "stand-ins.txt");
  const log = { name: "moto's server", logFile: join(folder, "moto.log") };
  const part = await startPart({
    ...log,
    command: python,
    args: [server, String(port), standInsFile],
    env: { PATH: process.env.PATH, HOME: folder },
    ready: () => answers(`http://127.0.0.1:${port}/moto-api/`, [200]),
  });
  // By the name: the CLI writes the addresses of templates with it, and moto reads an IP address there wrongly.
  const endpoint = `http://localhost:${port}`;
  const arn = await requestCertificate(endpoint).catch(async (error: unknown) => {
    await part.stop();
    throw failed(log, `gave no certificate: ${error instanceof Error ? error.message : String(error)}`);
  });
  return {
    endpoint,
    logFile: log.logFile,
    certificate: { domainName, arn },
    env: {
      PATH: process.env.PATH,
      // A home of its own: the CLI remembers accounts by their keys in it.
      HOME: folder,
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: "rehearsal",
      AWS_SECRET_ACCESS_KEY: "rehearsal",
      AWS_EC2_METADATA_DISABLED: "true",
      CDK_DISABLE_CLI_TELEMETRY: "true",
    },
    standIns: () => (existsSync(standInsFile) ? readFileSync(standInsFile, "utf8").trim().split("\n").sort() : []),
    stop: () => part.stop(),
  };
}
