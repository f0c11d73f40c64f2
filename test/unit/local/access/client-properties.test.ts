import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readClientProperties } from "../../../../local/access/client-properties.ts";

const folder = mkdtempSync(join(tmpdir(), "client-properties-"));
const pem = "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n";

function read(lines: readonly string[]) {
  const file = join(folder, "client.properties");
  writeFileSync(file, lines.join("\n"));
  return readClientProperties(file, {});
}

const scram = [
  "bootstrap.servers=a:9096, b:9096",
  "security.protocol=SASL_SSL",
  "sasl.mechanism=SCRAM-SHA-512",
  'sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="ada" password="s\\\\"=3";',
];

it("reads a SCRAM login over TLS", async () => {
  expect(await read(scram)).toEqual({
    brokers: ["a:9096", "b:9096"],
    ssl: true,
    sasl: { mechanism: "scram-sha-512", username: "ada", password: 's"=3' },
  });
});

it("reads where the schemas are, and which stage a local backbone runs", async () => {
  const lines = ["bootstrap.servers=a:9092", "schema.registry.url=http://r:8081", "backbone.stage=dev"];
  expect(await read(lines)).toEqual({ brokers: ["a:9092"], registryUrl: "http://r:8081", stage: "dev" });
});

it("trusts the certificates of a PEM truststore", async () => {
  writeFileSync(join(folder, "ca.pem"), pem);
  expect((await read([...scram, `ssl.truststore.location=${join(folder, "ca.pem")}`])).ssl).toEqual({ ca: [pem] });
  const inline = `ssl.truststore.certificates=${pem.replaceAll("\n", "\\n")}`;
  expect((await read([...scram, inline])).ssl).toEqual({ ca: [pem] });
});

it("takes username and password by themselves", async () => {
  const login = ["sasl.username=ada", "sasl.password=secret"];
  expect((await read([...scram.slice(0, 3), ...login])).sasl).toMatchObject({ username: "ada", password: "secret" });
});

it("logs in with IAM where the file says AWS_MSK_IAM", async () => {
  const { sasl } = await read([
    "bootstrap.servers=b-1.shop.a1b2c3.c4.kafka.eu-central-1.amazonaws.com:9098",
    "security.protocol=SASL_SSL",
    "sasl.mechanism=AWS_MSK_IAM",
  ]);
  expect(sasl).toMatchObject({ mechanism: "oauthbearer" });
});

it("connects without login in plain text where the file says nothing more", async () => {
  expect(await read(["bootstrap.servers=localhost:9092"])).toEqual({ brokers: ["localhost:9092"] });
});

it.each([
  [["security.protocol=SSL"], /bootstrap\.servers: must be HOST:PORT/],
  [["bootstrap.servers=a:1", "security.protocol=TLS"], /security\.protocol: must be PLAINTEXT, .* got TLS/],
  [["bootstrap.servers=a:1", "security.protocol=SASL_SSL"], /sasl\.mechanism: must be SCRAM-SHA-512.*got GSSAPI/],
  [scram.slice(0, 3), /sasl\.jaas\.config: must have username/],
  [[...scram, "ssl.keystore.location=/x.jks"], /ssl\.keystore\.location: is not supported/],
  [[...scram, "ssl.truststore.location=/does/not/exist"], /cannot read \/does\/not\/exist/],
])("refuses %j", async (lines, message) => {
  await expect(read(lines)).rejects.toThrow(message);
  await expect(read(lines)).rejects.toMatchObject({ code: "INVALID_OPTIONS" });
});
