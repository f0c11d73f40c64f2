/** ARN that stands for the cluster wherever a template imports it. */
export const clusterArn = "arn:aws:kafka:eu-central-1:111122223333:cluster/backbone-prod/uuid-1";

/** ARN of a topic or group of that cluster. */
export function partArn(part: "topic" | "group", name: string): string {
  return `${clusterArn.replace(":cluster/", `:${part}/`)}/${name}`;
}

/**
 * A value of a template as readable text: intrinsic functions are evaluated, references become `<logical id>`, and the
 * imported cluster becomes `clusterArn`.
 */
export function evaluate(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(evaluate);
  const [name = "", argument] = Object.entries(value)[0] ?? [];
  return name in functions ? functions[name]?.(evaluate(argument)) : value;
}

const functions: Readonly<Record<string, (argument: unknown) => unknown>> = {
  Ref: (id) => (String(id).startsWith("AWS::") ? String(id).slice("AWS::".length) : `<${id}>`),
  "Fn::GetAtt": (path) => `<${list(path).join(".")}>`,
  "Fn::ImportValue": (name) => (/KafkaCluster\w+Arn/.test(String(name)) ? clusterArn : `<${name}>`),
  "Fn::Join": (argument) => list(list(argument)[1]).join(String(list(argument)[0])),
  "Fn::Split": (argument) => String(list(argument)[1]).split(String(list(argument)[0])),
  "Fn::Select": (argument) => list(list(argument)[1])[Number(list(argument)[0])],
  "Fn::Sub": (text) => String(text).replaceAll("${!", "${"),
};

function list(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new Error(`expected a list, got ${JSON.stringify(value)}`);
  return value;
}
