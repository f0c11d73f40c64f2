import { Duration } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { expect, test } from "vitest";
import { defineBackbone } from "../../infra/backbone.ts";
import { stageConfig } from "../../infra/config.ts";
import type { Access } from "../../shared/access/index.ts";
import { access, appWithoutBundling, prodTemplates, templatesOf } from "./backbone.ts";
import { environmentOf } from "./environment.ts";
import { evaluate } from "./evaluate.ts";

const { cluster, schemaRegistry } = prodTemplates();
const schedules = "AWS::SecretsManager::RotationSchedule";

/** The backbone of prod with other rotations. */
function backboneWith(scramRotation: Readonly<Record<string, Duration>>, of: Access = access) {
  const config = { ...stageConfig("prod"), scramRotation };
  return defineBackbone(appWithoutBundling(), { config, access: of });
}

test.each([
  [schemaRegistry, "ScramRotation", /ScramUsersOfbackboneprodschemaregistryParameter/],
  [cluster, "Rotatedeadletteroperators", /ScramUsersSecretsdeadletteroperators/],
])("prod rotates both users each 30 days, and none by a deployment", (template, id, secret) => {
  const [[, schedule] = []] = Object.entries(template.findResources(schedules));

  expect(schedule?.Properties).toEqual({
    SecretId: expect.anything(),
    RotationLambdaARN: { "Fn::GetAtt": [expect.stringMatching(`^${id}HandlerFunction`), "Arn"] },
    RotationRules: { ScheduleExpression: "rate(30 days)" },
    RotateImmediatelyOnUpdate: false,
  });
  expect(evaluate(schedule?.Properties.SecretId)).toMatch(secret);
});

test("dev rotates none", () => {
  for (const template of Object.values(templatesOf("dev"))) template.resourceCountIs(schedules, 0);
});

test("the schedule waits for what its first look at the secret needs: policy, permission, way to the brokers", () => {
  const [schedule] = Object.values(schemaRegistry.findResources(schedules));

  expect(schedule?.DependsOn).toEqual(
    expect.arrayContaining(
      ["RoleDefaultPolicy", "FunctionSecretsManager", "SecurityGroupScramToKafka"].map((part) =>
        expect.stringMatching(`^ScramRotationHandler${part}`),
      ),
    ),
  );
});

test("Secrets Manager alone calls the function, of this account and for this secret", () => {
  const [permission] = Object.values(
    schemaRegistry.findResources("AWS::Lambda::Permission", {
      Properties: { Principal: "secretsmanager.amazonaws.com" },
    }),
  );

  expect(permission?.Properties).toEqual({
    Action: "lambda:InvokeFunction",
    FunctionName: { "Fn::GetAtt": [expect.stringMatching("^ScramRotationHandlerFunction"), "Arn"] },
    Principal: "secretsmanager.amazonaws.com",
    SourceAccount: { Ref: "AWS::AccountId" },
    SourceArn: { Ref: expect.stringMatching(/^ScramUsersOfbackboneprodschemaregistry/) },
  });
});

test("the users' key serves it through Secrets Manager, and for this secret alone", () => {
  schemaRegistry.hasResourceProperties("AWS::IAM::Policy", {
    PolicyDocument: {
      Statement: Match.arrayWith([
        {
          Action: ["kms:Decrypt", "kms:GenerateDataKey"],
          Effect: "Allow",
          Resource: { "Fn::ImportValue": Match.stringLikeRegexp("ScramUsersKey") },
          Condition: {
            StringEquals: {
              "kms:ViaService": { "Fn::Join": ["", ["secretsmanager.", { Ref: "AWS::Region" }, ".amazonaws.com"]] },
              "kms:EncryptionContext:SecretARN": {
                Ref: Match.stringLikeRegexp("^ScramUsersOfbackboneprodschemaregistry"),
              },
            },
          },
        },
      ]),
    },
  });
});

test("the registry's function restarts the registry, that of others nothing; both have the time that MSK takes", () => {
  expect(environmentOf(schemaRegistry, "backbone-prod-rotate-schema-registry")).toEqual({
    KAFKA_BOOTSTRAP_SERVERS: expect.stringMatching(/SaslScram/),
    ECS_CLUSTER: expect.stringMatching(/^<SchemaRegistryCluster/),
    ECS_SERVICE: expect.stringMatching(/^<SchemaRegistryService.*\.Name>$/),
  });
  expect(environmentOf(cluster, "backbone-prod-rotate-dead-letter-operators")).toEqual({
    KAFKA_BOOTSTRAP_SERVERS: expect.stringMatching(/SaslScram/),
  });
  for (const template of [cluster, schemaRegistry]) {
    template.hasResourceProperties("AWS::Lambda::Function", {
      FunctionName: Match.stringLikeRegexp("^backbone-prod-rotate-"),
      Timeout: 900,
    });
  }
});

test.each([
  [Duration.hours(4), "rate(4 hours)"],
  [Duration.hours(36), "rate(36 hours)"],
  [Duration.days(1), "rate(1 day)"],
  [Duration.days(999), "rate(999 days)"],
])("%s becomes a rate", (every, expression) => {
  const template = Template.fromStack(backboneWith({ "schema-registry": every }).schemaRegistry);

  template.hasResourceProperties(schedules, { RotationRules: { ScheduleExpression: expression } });
});

test("a user whom the access file does not have is refused, with those it has", () => {
  expect(() => backboneWith({ billing: Duration.days(30) })).toThrow(
    "SCRAM user: must be one of schema-registry, dead-letter-operators, got 'billing'",
  );
});

test.each([
  [Duration.hours(3), 3],
  [Duration.minutes(330), 5.5],
  [Duration.days(1_000), 24_000],
])("a construct of one's own that rotates every %s is refused", (every, hours) => {
  expect(() => backboneWith({ "dead-letter-operators": every })).toThrow(
    `rotation of dead-letter-operators: every must be whole hours from 4 to 23976, got ${hours}`,
  );
});

test("a user whose name no function can have is refused", () => {
  const [service] = access.services.filter(({ name }) => name === "dead-letter-operators");
  if (service === undefined) throw new Error("the access file has no dead-letter-operators");
  const odd = { ...access, services: [...access.services, { ...service, name: "odd", principal: "User:o.d.d" }] };

  expect(() => backboneWith({ "o.d.d": Duration.days(30) }, odd)).toThrow(
    "rotation of o.d.d: its function's name must be 1 to 64 letters, digits, hyphens and underscores, got 'backbone-prod-rotate-o.d.d'",
  );
});
