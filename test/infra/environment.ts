import type { Template } from "aws-cdk-lib/assertions";
import { evaluate } from "./evaluate.ts";

/** The variables of a function of a template, as readable text. */
export function environmentOf(template: Template, functionName: string): Record<string, unknown> {
  const [found] = Object.values(
    template.findResources("AWS::Lambda::Function", { Properties: { FunctionName: functionName } }),
  );
  const variables: Record<string, unknown> = found?.Properties.Environment.Variables;
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, evaluate(value)]));
}
