import * as v from "valibot";

const maxShownLength = 40;

/** An object of exactly these fields. Unlike valibot's `strictObject` it reports every unknown field, not the first one. */
export function knownFields<const Entries extends v.ObjectEntries>(
  entries: Entries,
  message: v.ErrorMessage<v.BaseIssue<unknown>>,
) {
  return v.pipe(
    v.looseObject(entries, message),
    v.rawCheck(({ dataset, addIssue }) => {
      const value: unknown = dataset.value;
      if (typeof value !== "object" || value === null) return;
      for (const [key, input] of Object.entries(value)) {
        if (Object.hasOwn(entries, key)) continue;
        addIssue({
          message: `is not known; known are ${Object.keys(entries).join(", ")}`,
          path: [{ type: "object", origin: "value", input: { ...value }, key: shortened(key), value: input }],
        });
      }
    }),
  );
}

/** A value as an error message shows it: short, and nothing of what lists and objects hold. */
export function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "string") return JSON.stringify(shortened(value));
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === "object" && value !== null ? "an object" : String(value);
}

function shortened(text: string): string {
  return text.length > maxShownLength ? `${text.slice(0, maxShownLength)}…` : text;
}
