import { BackboneError } from "../../shared/errors.ts";
import { readCommand } from "../command-line/read-command-line.ts";

export const usage = `npm run access -- COMMAND [options]

  validate   check the access file; needs no cluster
  plan       show what would make the cluster what the file says
  apply      do it
  import     write the access file of what a cluster has
  drift      exit 1 if the cluster is not what the file says

  -f, --file FILE            the access file (default infra/access.yaml)
  --stage NAME               the stage whose variables the file is read with (default that of the running local
                             backbone, or else prod)
  --include-unchanged        plan: show also what stays as it is
  -o, --output FILE          plan: write the plan as JSON; import: write the file (default standard output)
  -p, --plan FILE            apply: that plan, and refuse if the file or the cluster has changed since
  --delete                   plan, apply: delete the topics and ACLs and reset the topic settings that the file does not
                             name; without it they are left alone
  --yes                      apply: delete also topics that hold records
  --target NAME…             only these topics, the ACLs and dead-letter topics of these services and users, and the
                             ACLs of these principals (User:NAME), foreign ones too
  --skip-acls                only topics

  Which cluster (default: the running local backbone):
  -c, --command-config FILE  a client properties file, as Kafka's own tools take it
  --bootstrap-servers HOST:PORT,… --auth iam
  --bootstrap-servers HOST:PORT,… --auth scram --secret ARN
                             an MSK cluster: ACLs are applied, topics only reported, since CloudFormation owns them

  --help                     print this

Exit code: 0 fine, 1 drift, 2 an error; after an error of plan or validate, and after a refusal of apply, nothing was changed.
`;

export type Command = "validate" | "plan" | "apply" | "import" | "drift";

export type ConnectionArguments =
  | { readonly kind: "local" }
  | { readonly kind: "file"; readonly file: string }
  /** Without a secret the login is IAM. */
  | { readonly kind: "msk"; readonly brokers: readonly string[]; readonly secretArn: string | undefined };

export interface Arguments {
  /** Undefined when help is asked for. */
  readonly command: Command | undefined;
  readonly file: string;
  /** Undefined: that of the running backbone, or prod. */
  readonly stage: string | undefined;
  readonly includeUnchanged: boolean;
  readonly outputFile: string | undefined;
  readonly planFile: string | undefined;
  readonly delete: boolean;
  readonly yes: boolean;
  /** Empty: all. */
  readonly targets: readonly string[];
  readonly skipAcls: boolean;
  readonly connection: ConnectionArguments;
}

/** Command line options that say which cluster; the same for every command line tool. */
export const connectionParsing = {
  "command-config": { type: "string", short: "c" },
  "bootstrap-servers": { type: "string" },
  auth: { type: "string" },
  secret: { type: "string" },
} as const;
export const connectionOptions = ["command-config", "bootstrap-servers", "auth", "secret"] as const;

const options = {
  file: { type: "string", short: "f" },
  stage: { type: "string" },
  "include-unchanged": { type: "boolean" },
  output: { type: "string", short: "o" },
  plan: { type: "string", short: "p" },
  delete: { type: "boolean" },
  yes: { type: "boolean" },
  target: { type: "string", multiple: true },
  "skip-acls": { type: "boolean" },
  ...connectionParsing,
  help: { type: "boolean" },
} as const;
const choices = ["file", "stage", "target", "skip-acls"] as const;
const optionsOf = {
  validate: ["file", "stage"],
  plan: [...choices, ...connectionOptions, "include-unchanged", "output", "delete"],
  apply: [...choices, ...connectionOptions, "plan", "delete", "yes"],
  import: [...connectionOptions, "output", "skip-acls"],
  drift: [...choices, ...connectionOptions],
} as const satisfies Record<Command, readonly (keyof typeof options)[]>;
/** What a plan file was made with is not to be said again. */
const fixedByPlan = ["stage", "target", "skip-acls", "delete"];

/** @throws BackboneError INVALID_OPTIONS naming what is wrong and what is allowed */
export function parseArguments(args: readonly string[]): Arguments {
  const { values, given, command, words } = readCommand(args, { options, word: "COMMAND", optionsOf });
  const parsed = {
    file: values.file ?? "infra/access.yaml",
    stage: values.stage,
    includeUnchanged: values["include-unchanged"] ?? false,
    outputFile: values.output,
    planFile: values.plan,
    delete: values.delete ?? false,
    yes: values.yes ?? false,
    targets: values.target === undefined ? [] : [...values.target, ...words],
    skipAcls: values["skip-acls"] ?? false,
  };
  if (command === undefined) return { ...parsed, command, connection: { kind: "local" } };
  if (words.length > 0 && values.target === undefined) throw invalid(`${words[0]} does not go with ${command}`);
  const fixed = values.plan === undefined ? undefined : fixedByPlan.find((name) => given.includes(name));
  if (fixed !== undefined) throw invalid(`--${fixed} does not go with --plan: the plan was made with its own`);
  return { ...parsed, command, connection: connectionOf(values) };
}

export type ConnectionValues = { readonly [Name in keyof typeof connectionParsing]?: string | undefined };

/** @throws BackboneError INVALID_OPTIONS naming what is wrong and what is allowed */
export function connectionOf(values: ConnectionValues): ConnectionArguments {
  const { "command-config": file, "bootstrap-servers": servers, auth, secret } = values;
  if (servers === undefined) {
    for (const name of ["auth", "secret"] as const)
      if (values[name] !== undefined) throw invalid(`--${name} goes with --bootstrap-servers`);
    return file === undefined ? { kind: "local" } : { kind: "file", file };
  }
  if (file !== undefined) throw invalid("--command-config does not go with --bootstrap-servers");
  const brokers = servers.split(",");
  if (!brokers.every((broker) => /^[^\s:]+:\d{1,5}$/.test(broker))) {
    throw invalid(`--bootstrap-servers ${servers}: has to be HOST:PORT, or several with a comma between`);
  }
  if (auth !== "iam" && auth !== "scram") throw invalid(`--auth ${auth ?? "is missing"}: has to be iam or scram`);
  if (auth === "iam" && secret !== undefined) throw invalid("--secret goes with --auth scram");
  if (auth === "scram" && !/^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:./.test(secret ?? "")) {
    // Whoever takes it for the password itself does not want to see it in a log.
    const got = secret === undefined ? " is missing" : "";
    throw invalid(`--secret${got}: has to be the ARN of a secret of Secrets Manager`);
  }
  return { kind: "msk", brokers, secretArn: secret };
}

function invalid(message: string): BackboneError {
  return new BackboneError("INVALID_OPTIONS", message);
}
