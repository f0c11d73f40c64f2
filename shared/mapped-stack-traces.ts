// Part of every function's bundle (infra/constructs/function-bundle.ts): stack traces name the files and lines of the source,
// as with Node's --enable-source-maps. That option reads and parses all source maps at each cold start, 4 to 5 ms for
// inventory; here a map is read when the first stack trace is asked for that needs it. Nothing is imported for the same reason.
import type { SourceMap, SourceOrigin } from "node:module";

const ofNode = Error.prepareStackTrace;

// V8 calls this when a stack trace is read for the first time: https://v8.dev/docs/stack-trace-api
Error.prepareStackTrace = (error, frames) =>
  [ofNode?.(error, []), ...frames.map((frame, index) => described(frame, frames[index + 1]))].join("\n    at ");

function described(frame: NodeJS.CallSite, caller: NodeJS.CallSite | undefined): string {
  const origin = originOf(frame);
  if (origin === undefined) return String(frame);
  const name = nameOf(frame, caller);
  const place = `${origin.fileName}:${origin.lineNumber}:${origin.columnNumber}`;
  const kind = `${frame.isAsync() ? "async " : ""}${frame.isConstructor() ? "new " : ""}`;
  return name ? `${kind}${name} (${place})` : `${kind}${place}`;
}

/** As the source has it, where a map says it: at the function's beginning or, for most, where it was called. */
function nameOf(frame: NodeJS.CallSite, caller: NodeJS.CallSite | undefined): string | null | undefined {
  const begin = originAt(frame.getFileName(), frame.getEnclosingLineNumber(), frame.getEnclosingColumnNumber());
  const called = caller?.getFileName() === frame.getFileName() ? originOf(caller) : undefined;
  return begin?.name ?? called?.name ?? frame.getFunctionName();
}

function originOf(frame: NodeJS.CallSite | undefined): SourceOrigin | undefined {
  return originAt(frame?.getFileName(), frame?.getLineNumber(), frame?.getColumnNumber());
}

/** Of a place of a module, undefined where no map says it. */
function originAt(file?: string | null, line?: number | null, column?: number | null): SourceOrigin | undefined {
  if (!file?.startsWith("file:") || !line || !column) return undefined;
  const origin = mapOf(file)?.findOrigin(line, column);
  if (origin === undefined || !("fileName" in origin)) return undefined;
  // Maps of other bundlers, in a layer, name files in ways of their own.
  return { ...origin, fileName: URL.parse(origin.fileName, file)?.href.replace(/^file:\/\//, "") ?? origin.fileName };
}

const maps = new Map<string, SourceMap | undefined>();

function mapOf(file: string): SourceMap | undefined {
  if (!maps.has(file)) maps.set(file, readMap(file));
  return maps.get(file);
}

function readMap(file: string): SourceMap | undefined {
  const { readFileSync } = process.getBuiltinModule("node:fs");
  const { SourceMap } = process.getBuiltinModule("node:module");
  try {
    return new SourceMap(JSON.parse(readFileSync(new URL(`${file}.map`), "utf8")));
  } catch {
    // No map, as of the runtime's own modules: the trace shows what ran.
    return undefined;
  }
}
