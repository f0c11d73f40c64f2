import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { settingsOf } from "../../../../local/access/cluster.ts";

const folder = mkdtempSync(join(tmpdir(), "cluster-"));
const env = { AWS_REGION: "eu-central-1", XDG_CACHE_HOME: folder };
const login = "sasl.username=ada\nsasl.password=secret";

it.each([
  ["AWS_MSK_IAM", "kafka.example.com:9098", "msk"],
  ["AWS_MSK_IAM", "b-1.shop.a1b2c3.c4.kafka.eu-central-1.amazonaws.com:9098", "msk"],
  ["SCRAM-SHA-512", "b-1.shop.a1b2c3.c4.kafka.eu-central-1.amazonaws.com:9096", "msk"],
  ["SCRAM-SHA-512", "kafka.example.com:9096", "other"],
])("with %s the cluster at %s is of the kind %3$s", async (mechanism, broker, kind) => {
  const file = join(folder, "client.properties");
  writeFileSync(
    file,
    `bootstrap.servers=${broker}\nsecurity.protocol=SASL_SSL\nsasl.mechanism=${mechanism}\n${login}\n`,
  );

  expect((await settingsOf({ kind: "file", file }, env)).kind).toBe(kind);
});
