import { createRequire } from "node:module";
import { runGuarded } from "../parts/run-guarded.ts";
import { projectFolder } from "../template/synthesize.ts";
import { account, type Moto, region } from "./moto.ts";
import { stacksOf } from "./stacks.ts";

const cli = createRequire(import.meta.url).resolve("aws-cdk/bin/cdk");
/** As cdk.json names the app, from the project's folder. */
const changedApp = "node local/rehearsal/changed-app.ts";

/** The last lines that the CDK CLI printed when it failed; undefined when it did not. */
type Failure = string | undefined;

/** Synthesizes a stage into a folder, as the project has it or after the updates up to the one of that name. */
export function synthesizeStage(stage: string, output: string, update?: string): Promise<Failure> {
  const app = update === undefined ? [] : ["--app", changedApp, "-c", `update=${update}`];
  return cdk(["synth", "--quiet", "-c", `stage=${stage}`, "--output", output, ...app], process.env);
}

export function bootstrap({ env }: Moto): Promise<Failure> {
  return cdk(["bootstrap", `aws://${account}/${region}`], env);
}

/** Deploys every stack of a synthesized stage, one after the other as their dependencies say. */
export function deploy(templates: string, { env, certificate }: Moto): Promise<Failure> {
  // Two faults of moto: it forgets the exports of a stack that a change set made, and defaults of parameters.
  const told = stacksOf(templates)
    .filter(({ template }) => "Parameters" in template && "CertificateArn" in Object(template.Parameters))
    .flatMap(({ name }) => [
      `${name}:CertificateArn=${certificate.arn}`,
      `${name}:DomainName=${certificate.domainName}`,
    ])
    .flatMap((parameter) => ["--parameters", parameter]);
  const how = ["--all", "--require-approval", "never", "--method", "direct", "--no-previous-parameters", ...told];
  return cdk(["deploy", "--app", templates, ...how], env);
}

async function cdk(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Failure> {
  const { code, output } = await runGuarded({
    command: process.execPath,
    args: [cli, ...args, "--no-notices", "--no-version-reporting", "--no-color"],
    env,
    cwd: projectFolder,
  });
  return code === 0 ? undefined : output.split("\n").slice(-12).join("\n");
}
