import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { bundleFunction } from "/tmp/i4/infra/constructs/function-bundle.ts";
import { bundle } from "/tmp/i4/bench/cold-start/bundle.ts";
const f = "/tmp/i4/node_modules/.cache/cs"; mkdirSync(f + "/split", { recursive: true });
bundleFunction("/tmp/i4/functions/inventory/handler.ts", f + "/split");
const b = {};
for (const [n, e] of [["single","functions/inventory/handler.ts"],["powertools","bench/cold-start/consumers/powertools.ts"],["ddb","bench/cold-start/consumers/dynamodb-client.ts"]]) b[n] = (await bundle({ name: n, entry: e }, f)).file;
b.split = f + "/split/index.mjs";
const env = { AWS_REGION: "eu-west-1", KAFKA_BOOTSTRAP_SERVERS: "b-1.x:9098", KAFKA_AUTH: "iam", SCHEMA_REGISTRY_URL: "http://r:8080/apis/ccompat/v7", DEAD_LETTER_TOPIC: "a.b.dlt", CONSUMER_GROUP: "inventory", RESERVATIONS_TABLE: "r", STOCK_TABLE: "s", CLAIMS_TABLE: "c", INITIAL_STOCK: "1", CLAIM_TTL_SECONDS: "1900800", POWERTOOLS_SERVICE_NAME: "i" };
const script = "const s=performance.now();await import(process.argv[1]);process.stdout.write(String(performance.now()-s),()=>process.exit())";
const r = {};
for (let i = 0; i < 15; i++) for (const n in b) for (const sm of ["", "--enable-source-maps"]) {
  const o = spawnSync(process.execPath, ["--input-type=module", "--eval", script, b[n]], { cwd: "/tmp/i4", env: { ...env, NODE_OPTIONS: sm }, encoding: "utf8" });
  (r[n + " " + sm] ??= []).push(Number(o.stdout));
}
for (const k in r) { r[k].sort((a, c) => a - c); console.log(k.padEnd(36), r[k][7].toFixed(1), r[k][0].toFixed(1)); }
