import type { Template } from "aws-cdk-lib/assertions";
import { describe, expect, test } from "vitest";
import { templatesOf } from "./backbone.ts";
import { evaluate } from "./evaluate.ts";
import { linesOf } from "./statements.ts";

// Who else may do something: not what a role is allowed, but whom a resource lets in.

describe.each(["dev", "prod"])("%s", (stage) => {
  const templates = Object.values(templatesOf(stage));

  test("no resource lets anybody in but by what is read here", () => {
    const types = new Set(templates.flatMap((template) => Object.values(template.toJSON().Resources).map(typeOf)));

    expect([...types].filter((type) => /(?<!Scaling)Polic(y|ies)$|Permission$|Grant$/.test(type)).sort()).toEqual([
      "AWS::IAM::Policy",
      "AWS::Lambda::Permission",
      "AWS::S3::BucketPolicy",
    ]);
  });

  test("functions are invoked by the API's routes, the outbox's schedule and rotations, each by its own", () => {
    const permissions = resourcesOf(templates, "AWS::Lambda::Permission").map(
      ({ Action, FunctionName, Principal, SourceArn, ...rest }) => {
        const { SourceAccount = "", ...unread } = rest;
        expect(unread).toEqual({});
        const account = SourceAccount === "" ? "" : ` of ${evaluate(SourceAccount)}`;
        return `${Principal} ${short(SourceArn)}${account}: ${Action} ${short(FunctionName)}`;
      },
    );

    const api = "apigateway.amazonaws.com arn:Partition:execute-api:Region:AccountId:<OrderServiceApi>/*/*";
    const secrets = "secretsmanager.amazonaws.com";
    const own = "lambda:InvokeFunction";
    const rotations = [
      `${secrets} <KafkaScramUsersSecretsdeadletteroperators> of AccountId: ${own} <RotatedeadletteroperatorsHandlerFunction.Arn>`,
      `${secrets} <ScramUsersOfbackboneprodschemaregistryParameter> of AccountId: ${own} <ScramRotationHandlerFunction.Arn>`,
    ];
    expect(permissions.sort()).toEqual([
      `${api}/orders/{orderId}: lambda:InvokeFunction <OrderStatusApiFunction.Arn>`,
      `${api}/orders: lambda:InvokeFunction <OrderServiceHandlerFunction.Arn>`,
      "events.amazonaws.com <InventoryOutboxSweep.Arn>: lambda:InvokeFunction <InventoryOutboxHandlerFunction.Arn>",
      ...(stage === "prod" ? rotations : []),
    ]);
  });

  test("keys are left to IAM of the account, so that no other account and no service has them by itself", () => {
    const statements = resourcesOf(templates, "AWS::KMS::Key").flatMap(({ KeyPolicy }) => KeyPolicy.Statement);

    const lines = statements.flatMap(({ Principal, ...statement }) =>
      linesOf({ Statement: [statement] }).map((line) => `${evaluate(Principal.AWS)} ${line}`),
    );
    const root = "arn:Partition:iam::AccountId:root";
    const viaSecrets = "if StringEquals kms:ViaService=secretsmanager.Region.amazonaws.com";
    const used = ["CreateGrant", "Decrypt", "DescribeKey", "Encrypt", "GenerateDataKey*", "ReEncrypt*"];
    expect(new Set(lines)).toEqual(
      new Set([`${root} kms:* *`, ...used.map((action) => `${root} kms:${action} * ${viaSecrets}`)]),
    );
  });

  test("roles are assumed by services of AWS alone", () => {
    const trusted = resourcesOf(templates, "AWS::IAM::Role").flatMap(
      ({ AssumeRolePolicyDocument }) => AssumeRolePolicyDocument.Statement,
    );

    expect(
      new Set(trusted.map(({ Effect, Action, Principal }) => `${Effect} ${Action} ${short(Principal.Service)}`)),
    ).toEqual(
      new Set(["ecs-tasks", "lambda", "vpc-flow-logs"].map((name) => `Allow sts:AssumeRole ${name}.amazonaws.com`)),
    );
  });
});

// biome-ignore lint/suspicious/noExplicitAny: as Template.findResources has it
function resourcesOf(templates: readonly Template[], type: string): Record<string, any>[] {
  return templates
    .flatMap((template) => Object.values(template.findResources(type)))
    .map(({ Properties }) => Properties);
}

function typeOf(resource: unknown): string {
  return typeof resource === "object" && resource !== null && "Type" in resource ? String(resource.Type) : "";
}

function short(value: unknown): string {
  return String(evaluate(value)).replace(/(?:[0-9A-F]{8})+(?=[.>])/g, "");
}
