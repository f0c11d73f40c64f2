import { show } from "./schema.ts";

type ByStage = Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>>;

export interface Variables {
  /** Whose they are, for messages. */
  readonly of: string;
  readonly values: ReadonlyMap<string, string | number | boolean>;
}

/** Stages under `variables` that there are not: what is said for them would hold nowhere. */
export function strangeStages(byStage: ByStage, stages: readonly string[]): string[] {
  const known = ["default", ...stages];
  return Object.keys(byStage)
    .filter((stage) => !known.includes(stage))
    .map((stage) => `variables.${stage}: must be ${known.join(" or ")}, got ${show(stage)}`);
}

/**
 * The variables of a stage: those under `default`, and over them the stage's own.
 *
 * @param stage without one, only the defaults hold
 */
export function variablesOf(byStage: ByStage, stage?: string): Variables {
  const own = stage !== undefined && Object.hasOwn(byStage, stage) ? byStage[stage] : {};
  return {
    of: stage === undefined ? "default" : `the stage ${stage}`,
    values: new Map(Object.entries({ ...byStage.default, ...own })),
  };
}

const reference = /\$\{([^}]*)\}/g;

/**
 * The value with each `${name}` in its texts replaced. A text that is one reference and nothing else becomes the
 * variable's value with its type, so that a number stays one; keys are left as they are.
 *
 * @param problem told of each reference to a variable that there is not, with its path
 */
export function withVariables(
  value: unknown,
  variables: Variables,
  problem: (path: string, message: string) => void,
  path = "",
): unknown {
  if (typeof value === "string") return replaced(value, variables, (message) => problem(path, message));
  const below = (key: string | number, item: unknown) =>
    withVariables(item, variables, problem, path === "" ? String(key) : `${path}.${key}`);
  if (Array.isArray(value)) return value.map((item, index) => below(index, item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, below(key, item)]));
}

function replaced(text: string, { of, values }: Variables, problem: (message: string) => void): unknown {
  const valueFor = (name: string) => {
    const value = values.get(name);
    if (value === undefined) {
      const known = [...values.keys()].join(", ") || "there is none";
      problem(`must use a variable of ${of} (${known}), got ${show(text)}`);
    }
    return value ?? "";
  };
  const [whole] = text.matchAll(reference);
  return whole?.[0] === text
    ? valueFor(whole[1] ?? "")
    : text.replaceAll(reference, (_, name) => String(valueFor(name)));
}
