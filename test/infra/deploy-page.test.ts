import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudAssembly } from "aws-cdk-lib/cx-api";
import { beforeAll, expect, it } from "vitest";
import { type Assembly, loadAssembly } from "../../local/template/assembly.ts";

const root = join(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/deploy.md"), "utf8");
/** Each `<!-- change: NAME -->` stands before a diff against the project. */
const changes = [...page.matchAll(/<!-- change: (\S+) -->\n```diff\n(.*?)```/gs)];

const copy = mkdtempSync(join(tmpdir(), "deploy-page-"));
let assembly: Assembly;

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): void {
  try {
    execFileSync(command, args, { cwd: copy, env: { PATH: process.env.PATH, ...env }, stdio: "pipe" });
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: Buffer; stderr?: Buffer };
    throw new Error(`${command} ${args.join(" ")} failed:\n${stdout}${stderr}`, { cause: error });
  }
}

beforeAll(() => {
  for (const name of ["infra", "functions", "shared"]) cpSync(join(root, name), join(copy, name), { recursive: true });
  for (const name of ["package.json", "cdk.json"]) cpSync(join(root, name), join(copy, name));
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  const { compilerOptions } = JSON.parse(readFileSync(join(root, "tsconfig.json"), "utf8"));
  const tsconfig = { compilerOptions, include: ["infra", "functions", "shared"] };
  writeFileSync(join(copy, "tsconfig.json"), JSON.stringify(tsconfig));

  for (const [, name, diff = ""] of changes) {
    writeFileSync(join(copy, `${name}.diff`), diff);
    run("git", ["apply", "--unidiff-zero", `${name}.diff`]);
  }
  run(process.execPath, ["node_modules/typescript/bin/tsc"]);
  const { context } = JSON.parse(readFileSync(join(root, "cdk.json"), "utf8"));
  run(process.execPath, ["infra/app.ts"], {
    CDK_OUTDIR: "cdk.out",
    CDK_CONTEXT_JSON: JSON.stringify({ ...context, "aws:cdk:bundling-stacks": [] }),
  });
  assembly = loadAssembly(join(copy, "cdk.out"));
});

function propertiesOf(type: string): Readonly<Record<string, unknown>>[] {
  return assembly.resourcesOf(type).map(({ properties }) => properties);
}

it("shows a topic, a schema and a consumer, each a diff that applies and compiles", () => {
  expect(changes.map(([, name]) => name)).toEqual(["topic", "schema", "consumer"]);
  expect(new CloudAssembly(join(copy, "cdk.out")).stacks.length).toBeGreaterThan(0);
});

it("makes a topic of an entry in the access file", () => {
  expect(propertiesOf("AWS::MSK::Topic")).toContainEqual(
    expect.objectContaining({ TopicName: "payments", PartitionCount: 6 }),
  );
});

it("has the schema registered under the topic's name", () => {
  const registration = propertiesOf("AWS::Lambda::Function").find(({ FunctionName: name }) =>
    String(name).endsWith("-schema-registration"),
  );
  expect(registration).toMatchObject({ Environment: { Variables: { PAYMENTS_TOPIC: "payments" } } });
});

it("makes a function, its mapping and its dead-letter topic of a consumer", () => {
  const mappings = propertiesOf("AWS::Lambda::EventSourceMapping");
  const group = { AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: "loyalty.order-events" } };
  expect(mappings).toContainEqual(expect.objectContaining({ ...group, Topics: ["order-events"] }));
  expect(propertiesOf("AWS::MSK::Topic")).toContainEqual(
    expect.objectContaining({ TopicName: "order-events.loyalty.dlt" }),
  );
});

it("lets operators read every dead-letter topic, that of the consumer too", () => {
  const deadLetterTopics = propertiesOf("AWS::MSK::Topic")
    .map(({ TopicName }) => String(TopicName))
    .filter((name) => name.endsWith(".dlt"));
  const [{ Acls } = {}] = propertiesOf("Custom::KafkaAcls");
  const operators = { principal: "User:dead-letter-operators", operation: "READ", permission: "ALLOW" };
  expect(deadLetterTopics).toContain("order-events.loyalty.dlt");
  expect(Acls).toEqual(
    expect.arrayContaining(
      deadLetterTopics.map((resourceName) => expect.objectContaining({ ...operators, resourceName })),
    ),
  );
});
