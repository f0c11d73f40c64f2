/**
 * What comes from records, names and command lines may hold anything, also what a terminal would obey. The escapes are
 * those of JSON: a JSON text on one line stays the same text.
 */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}/gu, (char) =>
    Array.from(char.split(""), (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).join(""),
  );
}
