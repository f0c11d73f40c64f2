import type { Template } from "aws-cdk-lib/assertions";
import { evaluate } from "./evaluate.ts";

/**
 * What a role of a template may do, and what it is denied: one line an action and resource, `<action> <resource>`, with
 * `deny ` before it and ` if <operator> <key>=<value>` after it where that is said.
 */
export function allowedBy(template: Template, role?: RegExp): string[] {
  const policies = Object.values(template.findResources("AWS::IAM::Policy"))
    .filter(({ Properties }) => role === undefined || role.test(JSON.stringify(Properties.Roles)))
    .map(({ Properties }) => Properties.PolicyDocument);
  const inline = Object.entries(template.findResources("AWS::IAM::Role"))
    .filter(([id]) => role === undefined || role.test(id))
    .flatMap(([, { Properties }]) => Properties.Policies ?? [])
    .map(({ PolicyDocument }) => PolicyDocument);
  return [...policies, ...inline].flatMap(linesOf).sort();
}

interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action: unknown;
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/**
 * Those lines of a policy document, without its principals.
 *
 * @throws Error for a statement that says what it is about by what it is not about: nobody could read off what it allows
 */
export function linesOf({ Statement }: { readonly Statement: readonly Statement[] }): string[] {
  return Statement.flatMap(({ Sid, Effect, Action, Resource, Condition = {}, ...rest }) => {
    const unknown = Object.keys(rest);
    if (unknown.length > 0) throw new Error(`statement ${Sid ?? ""}: ${unknown.join(", ")} is not read here`);
    if (!["Allow", "Deny"].includes(Effect)) throw new Error(`statement ${Sid ?? ""}: Effect ${Effect}`);
    return [Action].flat().flatMap((action) =>
      [Resource].flat().map((resource) => {
        const line = `${action} ${evaluate(resource)}${conditionText(Condition)}`;
        return Effect === "Deny" ? `deny ${line}` : line;
      }),
    );
  });
}

function conditionText(condition: NonNullable<Statement["Condition"]>): string {
  const tests = Object.entries(condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, value]) => `${operator} ${key}=${[value].flat().map(evaluate).join("|")}`),
  );
  return tests.length === 0 ? "" : ` if ${tests.join(" and ")}`;
}
