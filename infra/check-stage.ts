import { BackboneError } from "../shared/errors.ts";
import type { ApiAuthorizer, StageConfig } from "./config.ts";
import { clusterProblems } from "./constructs/cluster-settings.ts";

/**
 * Refuses, before anything is synthesized, a stage that could not be deployed or would not hold what is promised.
 * Settings of a mapping are checked where it is made, against its topic.
 *
 * @throws BackboneError INVALID_OPTIONS that names every wrong setting at once
 */
export function checkStage(config: StageConfig): void {
  const { stage, availabilityZones: zones, cluster, registry, api, inventory } = config;
  const problems = [
    ...matching("stage", stage, /^[a-z][a-z0-9-]{0,19}$/, "1 to 20 small letters, digits and hyphens, a letter first"),
    ...(zones !== undefined && new Set(zones).size < 3
      ? [`availabilityZones: must be three different ones, got ${zones.join(", ")}`]
      : []),
    ...within("natGateways", config.natGateways, 1, 3),
    ...clusterProblems(cluster, 3, "cluster."),
    ...registryProblems(registry),
    ...(stage === "prod" && !registry.tls ? ["registry.tls: must be true in prod, got false"] : []),
    ...within("api.requestsPerSecond", api.requestsPerSecond, 1, 10_000),
    ...within("api.burst", api.burst, 1, 5_000),
    ...(api.concurrency === undefined ? [] : within("api.concurrency", api.concurrency, 1, 10_000)),
    ...authorizerProblems(api.authorizer),
    ...within("inventory.initialStock", inventory.initialStock, 0, Number.MAX_SAFE_INTEGER),
  ];
  if (problems.length > 0) {
    throw new BackboneError("INVALID_OPTIONS", `the stage ${JSON.stringify(stage)}: ${problems.join("; ")}`);
  }
}

/**
 * Memory in GiB that Fargate has for CPU units, from and to.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html
 */
const fargateMemory: Readonly<Record<number, readonly [number, number]>> = {
  512: [1, 4],
  1024: [2, 8],
  2048: [4, 16],
  4096: [8, 30],
};

function registryProblems({ image, tasks, maxTasks = tasks, cpu, memory }: StageConfig["registry"]): string[] {
  const range = fargateMemory[cpu];
  return [
    // Without one, or with `latest`, a task that is restarted may come back as another version.
    ...matching("registry.image", image, /(@sha256:[0-9a-f]{64}|:(?!latest$)[\w.-]+)$/, "with a tag other than latest"),
    ...within("registry.tasks", tasks, 1, 10),
    ...within("registry.maxTasks", maxTasks, tasks, 10),
    ...(range === undefined
      ? [`registry.cpu: must be one of ${Object.keys(fargateMemory).join(", ")}, got ${cpu}`]
      : within("registry.memory", memory.toMebibytes() / 1_024, ...range, " GiB")),
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

function within(name: string, value: number, least: number, most: number, unit = ""): string[] {
  if (Number.isInteger(value) && value >= least && value <= most) return [];
  return [`${name}: must be a whole number from ${least} to ${most}${unit}, got ${value}`];
}
