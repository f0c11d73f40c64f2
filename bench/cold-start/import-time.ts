import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { projectFolder } from "./project-folder.ts";

const run = promisify(execFile);

// The clock starts when Node is up: what is measured is the module and all that it imports, not the runtime.
const script = `
  const start = performance.now();
  await import(process.argv[1]);
  process.stdout.write(String(performance.now() - start), () => process.exit());
`;

/** What inventory is told by its surroundings, as infra/constructs/inventory.ts sets it; nothing is connected to. */
const environment = {
  AWS_REGION: "eu-west-1",
  KAFKA_BOOTSTRAP_SERVERS: "b-1.backbone.example.com:9098,b-2.backbone.example.com:9098",
  KAFKA_AUTH: "iam",
  SCHEMA_REGISTRY_URL: "http://registry.backbone.example.com:8080/apis/ccompat/v7",
  DEAD_LETTER_TOPIC: "order-events.inventory.dlt",
  CONSUMER_GROUP: "inventory.order-events",
  RESERVATIONS_TABLE: "reservations",
  STOCK_TABLE: "stock",
  CLAIMS_TABLE: "claims",
  OUTBOX_TABLE: "outbox",
  INVENTORY_EVENTS_TOPIC: "inventory-events",
  INITIAL_STOCK: "1000000",
  CLAIM_TTL_SECONDS: "2764800",
  POWERTOOLS_SERVICE_NAME: "inventory",
};

/** Milliseconds that importing the file takes in a Node process of its own. */
export async function importMs(file: string): Promise<number> {
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", script, file], {
    cwd: projectFolder,
    env: environment,
  });
  const ms = Number(stdout);
  if (!(ms > 0)) throw new Error(`importing ${file} printed ${JSON.stringify(stdout)}, not how long it took`);
  return ms;
}
