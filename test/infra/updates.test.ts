import { Template } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { type BackboneOptions, defineBackbone } from "../../infra/backbone.ts";
import { stageConfig, stageNames } from "../../infra/config.ts";
import { missedExports, updateEffects } from "../../local/rehearsal/update-effects.ts";
import { updatedTo, updates } from "../../local/rehearsal/updates.ts";
import type { Service } from "../../shared/access/index.ts";
import { access, appWithoutBundling } from "./backbone.ts";

function templatesOf(stage: string, update?: string): object[] {
  const options = updatedTo(update, { config: stageConfig(stage), access });
  return Object.values(defineBackbone(appWithoutBundling(), options)).map((stack) =>
    Template.fromStack(stack).toJSON(),
  );
}

describe.each(stageNames)("the stage %s", (stage) => {
  it("takes every rehearsed update without replacing what holds data", () => {
    const versions = [undefined, ...updates.map(({ name }) => name)].map((name) => templatesOf(stage, name));
    for (const [index, { name }] of updates.entries()) {
      const [before = [], after = []] = versions.slice(index);
      const effects = before.map((template, stack) => updateEffects(template, after[stack] ?? {}));
      expect(
        effects.flatMap(({ problems }) => problems),
        name,
      ).toEqual([]);
      expect(missedExports(before, after), name).toEqual([]);
      expect(Math.max(...effects.map(({ updated }) => updated)), `${name} changes something`).toBeGreaterThan(0);
    }
  });
});

function servicesWith(inventory: Partial<Service>): { Resources: Readonly<Record<string, object>> } {
  const services = access.services.map((one) => (one.name === "inventory" ? { ...one, ...inventory } : one));
  const options = { config: stageConfig("prod"), access: { ...access, services } };
  const { Resources } = Template.fromStack(defineBackbone(appWithoutBundling(), options).services).toJSON();
  return { Resources };
}

it("a second topic of a consumer changes nothing of the mapping that is there", () => {
  const { updated, problems } = updateEffects(
    servicesWith({}),
    servicesWith({ consumes: ["order-events", "inventory-events"] }),
  );

  expect([updated, problems]).toEqual([0, []]);
});

it("another group of a consumer takes two deployments, as access.md has it", () => {
  const [before, after] = [servicesWith({}), servicesWith({ groupId: "stock" })];
  const others = Object.entries(before.Resources).filter(([id]) => !id.startsWith("InventoryOrderEvents"));
  const between = { Resources: Object.fromEntries(others) };

  expect(updateEffects(before, after).problems).toEqual([
    expect.stringMatching(/InventoryOrderEventsMapping\w* would change AmazonManagedKafka\w+\.ConsumerGroupId, /),
  ]);
  expect(updateEffects(before, between)).toMatchObject({ replaced: [], problems: [] });
  expect(updateEffects(between, after)).toMatchObject({ replaced: [], problems: [] });
});

it("another number of brokers asks for their addresses in each stack, and none is an export", () => {
  const versions = ["settings", "brokers"].map((update) =>
    templatesOf("prod", update).map((json) => Template.fromJSON(json)),
  );
  const asked = versions.map((templates) =>
    templates
      .flatMap((template) => Object.values(template.findResources("Custom::KafkaBootstrapBrokers")))
      .map(({ Properties }) => Properties.Brokers),
  );

  expect(asked).toEqual([
    ["3", "3", "3", "3"],
    ["6", "6", "6", "6"],
  ]);
  const outputs = versions.flat().map((template) => template.findOutputs("*"));
  expect(JSON.stringify(outputs)).not.toMatch(/SaslIam|SaslScram/);
});

/** Names of the parameters that say where the secrets of SCRAM users are: those of the cluster, and those that the registry reads. */
function scramParameters(options: BackboneOptions): { readonly made: string[]; readonly read: string[] } {
  const { cluster, schemaRegistry } = defineBackbone(appWithoutBundling(), options);
  const made = Object.values(Template.fromStack(cluster).findResources("AWS::SSM::Parameter"));
  const read = Object.values(Template.fromStack(schemaRegistry).findParameters("*"));
  return {
    made: made.map(({ Properties }) => Properties.Name).filter(isOfScramUser),
    read: read.map(({ Default }) => Default).filter(isOfScramUser),
  };
}

function isOfScramUser(name: unknown): boolean {
  return String(name).includes("/scram-users/");
}

it("the registry goes over to another SCRAM user in three deployments, as deploy.md has it, and not in one", () => {
  const config = { ...stageConfig("prod"), scramRotation: {} };
  const registry = access.services.find(({ name }) => name === "schema-registry");
  if (registry === undefined) throw new Error("the access file has no schema-registry");
  const next = { ...registry, name: "schema-registry-next", principal: "User:registry" };
  const own = access.services;
  const renamed = own.map((service) => (service === registry ? { ...registry, principal: next.principal } : service));
  const steps = [own, [...own, next], [...renamed, { ...next, principal: registry.principal }], renamed];
  const versions = steps.map((services) => scramParameters({ config, access: { ...access, services } }));
  const parameterOf = (user: string) => `/msk/backbone-prod/scram-users/${user}/secret-arn`;
  const [old, other] = [parameterOf("schema-registry"), parameterOf("registry")];

  // The cluster's stack is updated first: until the registry's has its turn, its tasks log in as the user of before.
  const lost = (before: number, after: number) =>
    versions[before]?.read.filter((name) => !versions[after]?.made.includes(name));

  expect(versions.map(({ read }) => read)).toEqual([[old], [old], [other], [other]]);
  expect([lost(0, 1), lost(1, 2), lost(2, 3)]).toEqual([[], [], []]);
  expect(lost(0, 3)).toEqual([old]);
});
