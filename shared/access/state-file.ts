import { readFileSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import * as v from "valibot";
import { parseDocument } from "yaml";
import { BackboneError } from "../errors.ts";
import { type State, sectionSchemas, stateSchema, variablesSchema } from "./schema.ts";
import { type Variables, variablesOf, withVariables } from "./variables.ts";

export type Section = keyof typeof sectionSchemas;

/** The access file as it is written, its variables replaced and its sections gathered from their files. */
export interface StateFile {
  readonly state: State;
  /** The files of the sections that stand in one of their own. */
  readonly files: Readonly<Partial<Record<Section, string>>>;
}

export function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new BackboneError("INVALID_OPTIONS", `cannot read the access file ${file}`, { cause });
  }
}

/** @throws BackboneError INVALID_OPTIONS */
export function parseStateFile(text: string, file: string, stage: string | undefined): StateFile {
  const written = parseYaml(text, file);
  const { variables: byStage } = validated(v.looseObject({ variables: variablesSchema }), written, file);
  const variables = variablesOf(byStage, stage);
  const state = validated(stateSchema, replaced(written, variables, file), file);

  const files = filesOf(state, dirname(file));
  const own = new Set(Object.keys(Object(written)));
  const twice = Object.entries(files).filter(([section]) => own.has(section));
  if (twice.length > 0) {
    throw invalid(
      file,
      twice.map(([section, path]) => `${section}: must stand either here or in ${path}, got both`),
    );
  }
  function part<Schema extends v.GenericSchema>(path: string | undefined, schema: Schema) {
    return path === undefined
      ? {}
      : validated(schema, replaced(parseYaml(readText(path), path), variables, path), path);
  }
  const { topics, services, users } = sectionSchemas;
  return {
    state: {
      ...state,
      ...part(files.topics, topics),
      ...part(files.services, services),
      ...part(files.users, users),
    },
    files,
  };
}

function filesOf({ settings }: State, folder: string): StateFile["files"] {
  return Object.fromEntries(
    Object.entries(settings?.files ?? {}).map(([section, path = ""]) => [
      section,
      isAbsolute(path) ? path : join(folder, path),
    ]),
  );
}

function parseYaml(text: string, file: string): unknown {
  // A key written twice is an error here, with its line: the later one would silently win otherwise.
  // Keys are names: 1.10 is not 1.1, and 1 is "1" once more.
  const document = parseDocument(text, { uniqueKeys: true, stringKeys: true, intAsBigInt: true });
  if (document.errors.length > 0) throw invalid(file, document.errors.map(syntaxProblemOf));
  let written: unknown;
  try {
    // Integers are read without loss; one that no number holds exactly is of use as text alone.
    const reviver = (_: unknown, value: unknown) =>
      typeof value === "bigint" ? (Number.isSafeInteger(Number(value)) ? Number(value) : String(value)) : value;
    written = document.toJS({ reviver }) ?? {};
  } catch (error) {
    // An alias without its anchor, or too many of them.
    throw invalid(file, [error instanceof Error ? error.message : String(error)]);
  }
  const problems = unusableNames(written);
  if (problems.length > 0) throw invalid(file, problems);
  return written;
}

/** Keys that the validation passes over in silence, since in JavaScript they mean more than a name. */
const unusable: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

function unusableNames(value: unknown, path = ""): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const at = path === "" ? key : `${path}.${key}`;
    return unusable.has(key)
      ? [`${at}: must have another name than ${[...unusable].join(", ")}, got "${key}"`]
      : unusableNames(item, at);
  });
}

function replaced(written: unknown, variables: Variables, file: string): unknown {
  const problems: string[] = [];
  const value = withVariables(written, variables, (path, message) => problems.push(`${path}: ${message}`));
  if (problems.length > 0) throw invalid(file, problems);
  return value;
}

function validated<Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
  file: string,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  throw invalid(
    file,
    result.issues.map((issue) => `${v.getDotPath(issue) ?? "the file"}: ${issue.message}`),
  );
}

export function invalid(file: string, problems: readonly string[]): BackboneError {
  return new BackboneError("INVALID_OPTIONS", `${file}: ${problems.join("; ")}`);
}

/** The first line of the parser's message, which says what and where; the rest of it is an excerpt. */
function syntaxProblemOf(error: { readonly message: string }): string {
  return (error.message.split("\n")[0] ?? "").replace(/:$/, "");
}
