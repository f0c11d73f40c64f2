import { isRfc3339 } from "../timestamp/index.ts";

/** The attributes that every event must have; each is a non-empty text. */
export const requiredAttributes = ["specversion", "id", "source", "type"] as const;

// Context attributes of CloudEvents 1.0 with a rule beyond "is a text"; what is not named here is an extension.
// https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md#context-attributes
const rules: Readonly<Record<string, { allowed: string; fits: (value: string) => boolean }>> = {
  specversion: { allowed: 'must be "1.0"', fits: (value) => value === "1.0" },
  id: { allowed: "must be a non-empty text", fits: (value) => value !== "" },
  type: { allowed: "must be a non-empty text", fits: (value) => value !== "" },
  subject: { allowed: "must be a non-empty text", fits: (value) => value !== "" },
  source: { allowed: "must be a URI reference", fits: isUriReference },
  dataschema: {
    allowed: "must be a URI",
    fits: (value) => isUriReference(value) && /^[a-z][a-z0-9+.-]*:/i.test(value),
  },
  datacontenttype: { allowed: "must be a media type", fits: (value) => /^[^\s/;]+\/[^\s/;]+/.test(value) },
  time: { allowed: "must be an RFC 3339 time", fits: isRfc3339 },
};

const attributeName = /^[a-z0-9]+$/;
// A String of CloudEvents has no control characters: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md#type-system
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const controlCharacter = /[\u0000-\u001f\u007f-\u009f]/;
const maxShownLength = 80;

/** What is wrong with an attribute, said as "<name> must be …, got …"; undefined if nothing is. */
export function attributeProblem(name: string, value: string): string | undefined {
  if (!attributeName.test(name) || name === "data") {
    return `attribute ${shown(name)}: names must be of a-z and 0-9 and other than "data"`;
  }
  if (controlCharacter.test(value)) return `${name} must be free of control characters, got ${shown(value)}`;
  const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
  return rule === undefined || rule.fits(value) ? undefined : `${name} ${rule.allowed}, got ${shown(value)}`;
}

function isUriReference(value: string): boolean {
  return value !== "" && !/[\s<>"{}|\\^`]/.test(value);
}

function shown(value: string): string {
  return JSON.stringify(value.length > maxShownLength ? `${value.slice(0, maxShownLength)}…` : value);
}
