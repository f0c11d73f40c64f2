import { type Duration, SizeRoundingBehavior } from "aws-cdk-lib";
import { BackboneError } from "../shared/errors.ts";
import type { ApiAuthorizer, StageConfig } from "./config.ts";
import { clusterProblems } from "./constructs/cluster-settings.ts";
import { shapeProblems, show } from "./stage-shape.ts";

/**
 * Refuses, before anything is synthesized, a stage that could not be deployed or would not hold what is promised.
 * Settings of a mapping are checked where it is made, against its topic.
 *
 * @throws BackboneError INVALID_OPTIONS that names every wrong setting at once
 */
export function checkStage(config: StageConfig): void {
  const shape = shapeProblems(config);
  // Values are looked at where each is what its type says.
  const problems = shape.length > 0 ? shape : valueProblems(config);
  if (problems.length > 0) {
    throw new BackboneError("INVALID_OPTIONS", `the stage ${show(config.stage)}: ${problems.join("; ")}`);
  }
}

function valueProblems(config: StageConfig): string[] {
  const { stage, availabilityZones: zones, cluster, registry, api, inventory, orderStatus } = config;
  return [
    ...matching("stage", stage, /^[a-z][a-z0-9-]{0,19}$/, "1 to 20 small letters, digits and hyphens, a letter first"),
    // A list from elsewhere than TypeScript may have any length.
    ...(zones !== undefined && (new Set(zones).size !== 3 || Number(zones.length) !== 3)
      ? [`availabilityZones: must be three different ones, got ${zones.join(", ")}`]
      : []),
    ...within("natGateways", config.natGateways, 0, 3),
    ...clusterProblems(cluster, 3, "cluster."),
    ...imageProblems(config),
    ...registryProblems(registry),
    ...(config.hardened ? hardenedProblems(config) : []),
    ...within("api.requestsPerSecond", api.requestsPerSecond, 1, 10_000),
    ...within("api.burst", api.burst, 1, 5_000),
    ...(api.concurrency === undefined ? [] : within("api.concurrency", api.concurrency, 1, 10_000)),
    ...authorizerProblems(api.authorizer),
    ...within("inventory.initialStock", inventory.initialStock, 0, Number.MAX_SAFE_INTEGER),
    ...wholeSeconds("inventory.claimMargin", inventory.claimMargin),
    ...wholeSeconds("orderStatus.claimMargin", orderStatus.claimMargin),
    // https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html
    ...Object.entries(config.scramRotation ?? {}).flatMap(([user, every]) =>
      within(`scramRotation.${user}`, every.toMinutes({ integral: false }) / 60, 4, 999 * 24, " hours"),
    ),
  ];
}

/** What a stage has to have whose zones may fail one at a time, and whose records nobody else may read. */
function hardenedProblems({ natGateways, registry, inventory, orderStatus }: StageConfig): string[] {
  const required: readonly (readonly [name: string, holds: boolean, allowed: string, got: unknown])[] = [
    ["natGateways", natGateways === 0 || natGateways === 3, "0 or 3, one a zone", natGateways],
    ["registry.tls", registry.tls, "true", registry.tls],
    ["registry.tasks", registry.tasks >= 2, "2 at least", registry.tasks],
    ["inventory.pollers", inventory.pollers !== undefined, "set", "nothing"],
    ["orderStatus.pollers", orderStatus.pollers !== undefined, "set", "nothing"],
  ];
  return required
    .filter(([, holds]) => !holds)
    .map(([name, , allowed, got]) => `${name}: must be ${allowed} in a hardened stage, got ${got}`);
}

/**
 * Memory in GiB that Fargate has for CPU units, from and to. The smallest size that
 * it has and the two largest are left out.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html
 */
const fargateMemory: Readonly<Record<number, readonly [number, number]>> = {
  512: [1, 4],
  1024: [2, 8],
  2048: [4, 16],
  4096: [8, 30],
};

/** Without a tag, or with `latest`, a task that is restarted may come back as another version. */
function imageProblems({ natGateways, registry: { image } }: StageConfig): string[] {
  if (typeof image === "object") {
    const tag = /^((?!latest$)\w[\w.-]{0,127}|sha256:[0-9a-f]{64})$/;
    return [
      ...matching("registry.image.repository", image.repository, /^[a-z0-9]+([._/-][a-z0-9]+)*$/, "a name of ECR"),
      ...matching("registry.image.tag", image.tag, tag, "a digest, or a tag other than latest"),
    ];
  }
  const got = `got ${JSON.stringify(image)}`;
  if (natGateways === 0) {
    return [
      `registry.image: must be { repository, tag } in ECR, since tasks reach no other without NAT gateways, ${got}`,
    ];
  }
  if (/\.dkr\.ecr\./.test(image)) {
    return [`registry.image: must be { repository, tag } for an image in ECR, on which tasks get grants, ${got}`];
  }
  return matching(
    "registry.image",
    image,
    /(@sha256:[0-9a-f]{64}|:(?!latest$)[\w.-]+)$/,
    "with a tag other than latest",
  );
}

function registryProblems({ tasks, maxTasks = tasks, cpu, memory }: StageConfig["registry"]): string[] {
  const range = fargateMemory[cpu];
  return [
    ...within("registry.tasks", tasks, 1, 10),
    ...within("registry.maxTasks", maxTasks, tasks, 10),
    ...(range === undefined
      ? [`registry.cpu: must be one of ${Object.keys(fargateMemory).join(", ")}, got ${cpu}`]
      : within("registry.memory", memory.toGibibytes({ rounding: SizeRoundingBehavior.NONE }), ...range, " GiB")),
  ];
}

function authorizerProblems(authorizer: ApiAuthorizer): string[] {
  if (authorizer.type === "iam") return [];
  return [
    ...matching("api.authorizer.issuer", authorizer.issuer, /^https:\/\/[^/]/, "an https address"),
    ...(authorizer.audience.length > 0 ? [] : ["api.authorizer.audience: must have one client at least"]),
  ];
}

function matching(name: string, value: string, pattern: RegExp, allowed: string): string[] {
  return pattern.test(value) ? [] : [`${name}: must be ${allowed}, got ${JSON.stringify(value)}`];
}

/** The TTL of claims counts them. */
function wholeSeconds(name: string, duration: Duration): string[] {
  const seconds = duration.toSeconds({ integral: false });
  return Number.isInteger(seconds) ? [] : [`${name}: must be whole seconds, got ${seconds}`];
}

function within(name: string, value: number, least: number, most: number, unit = ""): string[] {
  if (Number.isInteger(value) && value >= least && value <= most) return [];
  return [`${name}: must be a whole number from ${least} to ${most}${unit}, got ${value}`];
}
