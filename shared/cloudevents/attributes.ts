import { isRfc3339 } from "../timestamp/index.ts";
import { isMediaType } from "./media-type.ts";
import { isAllowedText } from "./text.ts";
import { isUri, isUriReference } from "./uri.ts";

/** The attributes that every event must have; each is a non-empty text. */
export const requiredAttributes = ["specversion", "id", "source", "type"] as const;

export interface AttributeRule {
  readonly allowed: string;
  readonly fits: (value: string) => boolean;
}

const nonEmpty: AttributeRule = { allowed: "must be a non-empty text", fits: (value) => value !== "" };

// Context attributes of CloudEvents 1.0, each with its rule; what is not named here is an extension.
// https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md#context-attributes
const rules: Readonly<Record<string, AttributeRule>> = {
  specversion: { allowed: 'must be "1.0"', fits: (value) => value === "1.0" },
  id: nonEmpty,
  type: nonEmpty,
  subject: nonEmpty,
  source: { allowed: "must be a URI reference", fits: isUriReference },
  dataschema: { allowed: "must be a URI", fits: isUri },
  datacontenttype: { allowed: "must be a media type", fits: isMediaType },
  time: { allowed: "must be an RFC 3339 time", fits: isRfc3339 },
};

const maxShownLength = 80;

/** The rule of an attribute of the specification; undefined for an extension. */
export function ruleOf(name: string): AttributeRule | undefined {
  return Object.hasOwn(rules, name) ? rules[name] : undefined;
}

/** What is wrong with an attribute's name; undefined if nothing is. */
export function nameProblem(name: string): string | undefined {
  return isName(name) && name !== "data"
    ? undefined
    : `attribute ${shown(name)}: names must be of a-z and 0-9 and other than "data"`;
}

/** What is wrong with the value of an attribute, said as "<name> must be …, got …"; undefined if nothing is. */
export function valueProblem(name: string, value: string): string | undefined {
  if (!isAllowedText(value)) {
    return `${name} must be free of control characters, noncharacters and lone surrogates, got ${shown(value)}`;
  }
  return ruleProblem(name, ruleOf(name), value);
}

/** The same of a value that is known to be an allowed text. */
export function ruleProblem(name: string, rule: AttributeRule | undefined, value: string): string | undefined {
  return rule === undefined || rule.fits(value) ? undefined : `${name} ${rule.allowed}, got ${shown(value)}`;
}

function isName(name: string): boolean {
  for (let index = 0; index < name.length; index++) {
    const code = name.charCodeAt(index);
    if (!((code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39))) return false;
  }
  return name !== "";
}

function shown(value: string): string {
  return JSON.stringify(value.length > maxShownLength ? `${value.slice(0, maxShownLength)}…` : value);
}
