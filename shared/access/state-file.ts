import { dirname, isAbsolute, join } from "node:path";
import * as v from "valibot";
import { type State, sectionSchemas, stateSchema, variablesSchema } from "./schema.ts";
import { strangeStages, type Variables, variablesOf, withVariables } from "./variables.ts";
import { invalid, parseYaml, readText } from "./yaml-file.ts";

export type Section = keyof typeof sectionSchemas;

/** The access file as it is written, its variables replaced and its sections gathered from their files. */
export interface StateFile {
  readonly state: State;
  /** The files of the sections that stand in one of their own. */
  readonly files: Readonly<Partial<Record<Section, string>>>;
}

/** @throws BackboneError INVALID_OPTIONS */
export function parseStateFile(
  text: string,
  file: string,
  { stage, stages }: { readonly stage?: string; readonly stages?: readonly string[] },
): StateFile {
  const written = parseYaml(text, file);
  const { variables: byStage } = validated(v.looseObject({ variables: variablesSchema }), written, file);
  const strange = stages === undefined ? [] : strangeStages(byStage, stages);
  if (strange.length > 0) throw invalid(file, strange);
  const variables = variablesOf(byStage, stage);
  const state = validated(stateSchema, replaced(written, variables, file), file);

  const files = filesOf(state, dirname(file));
  checkSections(Object.keys(written), files, file);
  function part<Schema extends v.GenericSchema>(section: Section, schema: Schema) {
    const path = files[section];
    if (path === undefined) return {};
    const its = parseYaml(readText(path, `settings.files.${section} of ${file}`), path);
    return validated(schema, replaced(its, variables, path), path);
  }
  const { topics, services, users } = sectionSchemas;
  return {
    state: { ...state, ...part("topics", topics), ...part("services", services), ...part("users", users) },
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

/** Each section stands in one place, and there is one: what no file names is what `--delete` deletes. */
function checkSections(keys: readonly string[], files: StateFile["files"], file: string): void {
  const twice = Object.entries(files).filter(([section]) => keys.includes(section));
  if (twice.length > 0) {
    throw invalid(
      file,
      twice.map(([section, path]) => `${section}: must stand either here or in ${path}, got both`),
    );
  }
  const sections = Object.keys(sectionSchemas);
  if (sections.some((section) => keys.includes(section) || Object.hasOwn(files, section))) return;
  throw invalid(file, [
    `the file: must have ${sections.join(" or ")}, empty ones as {} or in a file that settings.files names, ` +
      `got ${keys.length === 0 ? "nothing" : `only ${keys.join(", ")}`}`,
  ]);
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
