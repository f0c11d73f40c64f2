/**
 * The entries of a Java properties file, as Kafka's own tools read it: `name=value`, `name: value` or `name value`,
 * comments with `#` or `!`, lines that go on after a backslash, `\n` and the like, `\uXXXX`. Of a name that comes twice the last one holds.
 *
 * @see https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/util/Properties.html#load(java.io.Reader)
 */
export function parseJavaProperties(text: string): Map<string, string> {
  const entries = new Map<string, string>();
  for (const line of logicalLines(text)) {
    const [, name = "", value = ""] = /^((?:\\.|[^\\=:\s])*)\s*[=:]?\s*(.*)$/s.exec(line) ?? [];
    entries.set(unescaped(name), unescaped(value));
  }
  return entries;
}

function logicalLines(text: string): string[] {
  const lines: string[] = [];
  let unfinished: string | undefined;
  for (const natural of text.split(/\r\n|\r|\n/)) {
    const line = natural.trimStart();
    if (unfinished === undefined && (line === "" || /^[#!]/.test(line))) continue;
    const whole: string = (unfinished ?? "") + line;
    // An odd number of backslashes at the end: the last one is no escaped backslash but escapes the line's end.
    const goesOn = (/\\*$/.exec(whole)?.[0].length ?? 0) % 2 === 1;
    unfinished = goesOn ? whole.slice(0, -1) : undefined;
    if (!goesOn) lines.push(whole);
  }
  return unfinished === undefined ? lines : [...lines, unfinished];
}

const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", f: "\f" };

function unescaped(text: string): string {
  return text.replaceAll(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (_, code: string | undefined, char: string | undefined) =>
    code === undefined ? (escapes[char ?? ""] ?? char ?? "") : String.fromCharCode(Number.parseInt(code, 16)),
  );
}
