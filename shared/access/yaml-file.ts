import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import { type Document, isScalar, type Pair, parseDocument, visit, type YAMLParseError } from "yaml";
import { BackboneError } from "../errors.ts";
import { fileProblem } from "../file-problem.ts";

/**
 * The text of an access file.
 *
 * @param namedBy says where its name comes from, if it is no argument
 * @throws BackboneError INVALID_OPTIONS with the file and why it cannot be read
 */
export function readText(file: string, namedBy = ""): string {
  const cannot = `cannot read the access file ${file}${namedBy && `, which ${namedBy} names`}`;
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    throw new BackboneError("INVALID_OPTIONS", `${cannot}: ${fileProblem(cause)}`, { cause });
  }
  // What is no text has nothing to show in a message.
  if (!isUtf8(bytes)) throw new BackboneError("INVALID_OPTIONS", `${cannot}: must be YAML in UTF-8, got other bytes`);
  return bytes.toString("utf8");
}

/**
 * What a YAML text says: a mapping, without keys where it says nothing.
 *
 * @throws BackboneError INVALID_OPTIONS
 */
export function parseYaml(text: string, file: string): object {
  // A key written twice is an error here, with its line: the later one would silently win otherwise.
  // Keys are names: 1.10 is not 1.1, and 1 is "1" once more.
  const document = parseDocument(text, { uniqueKeys: true, stringKeys: true, intAsBigInt: true });
  if (document.errors.length > 0) {
    throw invalid(
      file,
      document.errors.map((error) => syntaxProblemOf(error, document)),
    );
  }
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
  if (typeof written !== "object" || written === null || Array.isArray(written)) {
    // Of what kind and no more: a file that is none of ours has nothing to do in a message.
    const kind = Array.isArray(written) ? "list" : typeof written === "string" ? "text" : typeof written;
    throw invalid(file, [`the file: must be a mapping, got a ${kind}`]);
  }
  const problems = unusableNames(written);
  if (problems.length > 0) throw invalid(file, problems);
  return written;
}

export function invalid(file: string, problems: readonly string[]): BackboneError {
  return new BackboneError("INVALID_OPTIONS", `${file}: ${problems.join("; ")}`);
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

/** What the parser says in words of its own interface. */
const words: Readonly<Partial<Record<YAMLParseError["code"], string>>> = {
  DUPLICATE_KEY: "must stand once, comes again",
  MULTIPLE_DOCS: "the file: must be one document, another begins",
  NON_STRING_KEY: "keys must be text, got another one",
};

/** What is wrong and where, on one line; the rest of the parser's message is an excerpt. */
function syntaxProblemOf({ code, message, linePos, pos }: YAMLParseError, document: Document): string {
  const own = words[code];
  if (own === undefined) return (message.split("\n")[0] ?? "").replace(/:$/, "");
  const key = code === "DUPLICATE_KEY" ? `${keyAt(document, pos[0]) ?? "a key"}: ` : "";
  const at = linePos === undefined ? "" : ` at line ${linePos[0].line}, column ${linePos[0].col}`;
  return `${key}${own}${at}`;
}

/** The path of the key that begins there. */
function keyAt(document: Document, offset: number): string | undefined {
  let found: string | undefined;
  visit(document, {
    Pair(_, pair, ancestors) {
      if (!isScalar(pair.key) || pair.key.range?.[0] !== offset) return undefined;
      const above = ancestors.filter((node) => "key" in node) as readonly Pair[];
      found = [...above, pair].map(({ key }) => String(key)).join(".");
      return visit.BREAK;
    },
  });
  return found;
}
