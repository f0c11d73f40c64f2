import type { Template } from "aws-cdk-lib/assertions";
import { evaluate } from "./evaluate.ts";

/** What a role of a template may do: one line an action and resource, `<action> <resource>`. */
export function allowedBy(template: Template, role?: RegExp): string[] {
  const policies = Object.values(template.findResources("AWS::IAM::Policy"))
    .filter(({ Properties }) => role === undefined || role.test(JSON.stringify(Properties.Roles)))
    .map(({ Properties }) => Properties.PolicyDocument);
  const inline = Object.entries(template.findResources("AWS::IAM::Role"))
    .filter(([id]) => role === undefined || role.test(id))
    .flatMap(([, { Properties }]) => Properties.Policies ?? [])
    .map(({ PolicyDocument }) => PolicyDocument);
  return [...policies, ...inline]
    .flatMap(({ Statement }) => Statement)
    .flatMap(({ Action, Resource }) =>
      [Action].flat().flatMap((action) => [Resource].flat().map((resource) => `${action} ${evaluate(resource)}`)),
    )
    .sort();
}
