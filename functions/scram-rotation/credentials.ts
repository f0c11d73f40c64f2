import * as v from "valibot";
import { BackboneError } from "../../shared/errors.ts";
import type { ScramCredentials } from "../../shared/kafka/index.ts";

export const passwordLength = 32;
/** Letters and digits alone: a password becomes part of a quoted JAAS line, in which punctuation has a meaning. */
const newPassword = new RegExp(`^[A-Za-z0-9]{${passwordLength}}$`);

// Nothing else: what is not named here would be gone after a rotation.
const secretSchema = v.strictObject({
  username: v.pipe(v.string(), v.nonEmpty()),
  password: v.pipe(v.string(), v.nonEmpty()),
});

/**
 * The credentials that a version of a secret holds.
 *
 * @param version what the message calls it
 * @throws BackboneError INVALID_OPTIONS for any other shape; neither message nor cause has anything of the secret
 */
export function credentialsOf(version: string, text: string | undefined): ScramCredentials {
  const result = v.safeParse(secretSchema, parseJson(text));
  if (result.success) return result.output;
  throw new BackboneError(
    "INVALID_OPTIONS",
    `${version}: must be JSON of a username and a password and nothing else, got ${text === undefined ? "no value" : "another shape"}`,
  );
}

/** The text that a secret holds these credentials as. */
export function secretText({ username, password }: ScramCredentials): string {
  return JSON.stringify({ username, password });
}

/** @throws BackboneError INVALID_OPTIONS, without the password, for one that could not be part of a JAAS line */
export function checkNewPassword(version: string, password: string): void {
  if (newPassword.test(password)) return;
  throw new BackboneError(
    "INVALID_OPTIONS",
    `${version}: its password must be ${passwordLength} letters and digits, got one that is not`,
  );
}

/** @throws BackboneError INVALID_OPTIONS if the user is another one */
export function checkSameUser(version: string, credentials: ScramCredentials, current: ScramCredentials): void {
  if (credentials.username === current.username) return;
  throw new BackboneError(
    "INVALID_OPTIONS",
    `${version}: its username must be that of the current version, got another one`,
  );
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}
