import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Template } from "aws-cdk-lib/assertions";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { aclsOf } from "../../shared/access/index.ts";
import { access, prodTemplates } from "./backbone.ts";
import { clusterArn } from "./evaluate.ts";
import { allowedBy } from "./statements.ts";

interface Written {
  readonly auth?: string;
  readonly produces?: string[];
  readonly consumes?: string[];
  readonly "dead-letters"?: boolean;
  readonly redrives?: boolean;
}

/** The file as it is written: what is expected of the templates shall not come from the derivation that made them. */
const written: {
  services: Record<string, Written>;
  customServiceAcls: Record<string, Record<string, { name: string; type: string; operation: string }>>;
} = parse(readFileSync(join(import.meta.dirname, "../../infra/access.yaml"), "utf8"));
const services = Object.entries(written.services).map(
  ([name, { auth = "iam", produces = [], consumes = [], "dead-letters": deadLetters = true, redrives = false }]) => ({
    name,
    auth,
    produces,
    consumes,
    deadLetters,
    redrives,
  }),
);

test("the templates' policies allow on the cluster what the file says, all of it and nothing else", () => {
  const expected = services
    .filter(({ auth }) => auth === "iam")
    // A mapping has one topic and a group of its own, so a service of several topics has a function for each.
    .flatMap((service) =>
      service.consumes.length < 2
        ? [{ ...service, group: `${service.name}.${service.consumes[0]}`, deadLettersOf: service.name }]
        : service.consumes.map((topic) => ({
            name: `${service.name}-${topic}`,
            produces: service.produces,
            consumes: [topic],
            group: `${service.name}.${topic}`,
            deadLettersOf: service.name,
          })),
    )
    .flatMap(({ name, produces, consumes, group, deadLettersOf }) => {
      const writes = [...produces, ...consumes.map((topic) => `${topic}.${deadLettersOf}.dlt`)];
      return [
        `${name}: Connect cluster`,
        ...(writes.length > 0 ? [`${name}: WriteDataIdempotently cluster`] : []),
        ...writes.flatMap((topic) => [`${name}: DescribeTopic topic/${topic}`, `${name}: WriteData topic/${topic}`]),
        ...consumes.flatMap((topic) => [`${name}: DescribeTopic topic/${topic}`, `${name}: ReadData topic/${topic}`]),
        ...(consumes.length > 0
          ? [
              `${name}: AlterGroup group/${group}`,
              `${name}: DescribeGroup group/${group}`,
              `${name}: DescribeClusterDynamicConfiguration cluster`,
            ]
          : []),
      ];
    });

  // No service of the file: the deployment's own, which makes the ACLs.
  const deployment = ["AlterCluster", "Connect", "DescribeCluster"].map((action) => `kafka-acls: ${action} cluster`);

  const allowed = Object.values(prodTemplates()).flatMap(kafkaGrantsOf);

  expect(allowed.sort()).toEqual([...new Set([...expected, ...deployment])].sort());
});

test("the ACLs let those that speak SCRAM write and read what the file says, and nothing else", () => {
  const setAside = services
    .filter(({ deadLetters }) => deadLetters)
    .flatMap(({ name, consumes }) => consumes.map((source) => ({ source, deadLetters: `${source}.${name}.dlt` })));
  const expected = services
    .filter(({ auth }) => auth === "scram")
    .flatMap(({ name, produces, consumes, redrives }) => [
      ...(redrives ? new Set(setAside.map(({ source }) => `User:${name} WRITE ${source}`)) : []),
      ...(redrives ? setAside.map(({ deadLetters }) => `User:${name} READ ${deadLetters}`) : []),
      ...produces.map((topic) => `User:${name} WRITE ${topic}`),
      ...consumes.map((topic) => `User:${name} READ ${topic}`),
      ...Object.values(written.customServiceAcls[name] ?? {})
        .filter(({ type, operation }) => type === "TOPIC" && /READ|WRITE/.test(operation))
        .map(({ name: topic, operation }) => `User:${name} ${operation} ${topic}`),
    ]);

  const allowed = aclsOf(access)
    .filter(({ resourceType, operation }) => resourceType === "TOPIC" && /READ|WRITE/.test(operation))
    .map(({ principal, operation, resourceName }) => `${principal} ${operation} ${resourceName}`);

  expect(allowed.sort()).toEqual(expected.sort());
});

/** What each role of a template may do on the cluster, under the name of the service whose function has the role. */
function kafkaGrantsOf(template: Template): string[] {
  const functions = Object.values(template.findResources("AWS::Lambda::Function"));
  return Object.keys(template.findResources("AWS::IAM::Role")).flatMap((role) => {
    const holder = functions.find(({ Properties }) => Properties.Role["Fn::GetAtt"][0] === role);
    const name = String(holder?.Properties.FunctionName ?? role).replace("backbone-prod-", "");
    return allowedBy(template, new RegExp(`"${role}"|^${role}$`))
      .filter((line) => line.startsWith("kafka-cluster:"))
      .map((line) => `${name}: ${withShortArn(line.slice("kafka-cluster:".length))}`);
  });
}

/** arn:…:topic/CLUSTER/UUID/orders → topic/orders; the cluster's own → cluster */
function withShortArn(line: string): string {
  const [region, path] = clusterArn.split(":cluster/");
  return line.replace(clusterArn, "cluster").replace(`${region}:`, "").replace(`/${path}/`, "/");
}
