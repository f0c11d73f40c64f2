import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generate } from "selfsigned";
import * as v from "valibot";
import { BackboneError } from "../../shared/errors.ts";

const identitySchema = v.strictObject({
  certificate: v.string(),
  privateKey: v.string(),
  passwords: v.record(v.string(), v.string()),
});

/** What the broker proves itself with and what each SCRAM principal logs in with. Kept with the state, mode 600. */
export type Identity = v.InferOutput<typeof identitySchema>;

/** Principal of the local backbone itself: creates topics and ACLs, reads for the audit. */
export const adminPrincipal = "backbone-admin";

/** The identity of a state folder, made on first use; principals that are new get a password. */
export async function loadIdentity(stateFolder: string, principals: readonly string[]): Promise<Identity> {
  const file = join(stateFolder, "identity.json");
  const kept: Identity = existsSync(file) ? readIdentity(file) : { ...(await createCertificate()), passwords: {} };
  const made = [adminPrincipal, ...principals].map((name) => [name, randomBytes(24).toString("hex")]);
  // A password that is kept stays, also that of a principal that is away now: the broker knows it.
  const identity: Identity = { ...kept, passwords: { ...Object.fromEntries(made), ...kept.passwords } };
  writeFileSync(file, JSON.stringify(identity), { mode: 0o600 });
  return identity;
}

function readIdentity(file: string): Identity {
  try {
    return v.parse(identitySchema, JSON.parse(readFileSync(file, "utf8")));
  } catch {
    throw new BackboneError(
      "INVALID_OPTIONS",
      `${file} is not what an earlier start wrote; start with another --data folder`,
    );
  }
}

/** A self-signed certificate for 127.0.0.1, which is its own authority: clients trust exactly this one. */
async function createCertificate(): Promise<Pick<Identity, "certificate" | "privateKey">> {
  const days = 3650; // a --data folder is used for years
  const { cert, private: privateKey } = await generate([{ name: "commonName", value: "127.0.0.1" }], {
    keyType: "ec",
    notAfterDate: new Date(Date.now() + days * 86_400_000),
    extensions: [
      {
        name: "subjectAltName",
        altNames: [
          { type: 7, ip: "127.0.0.1" },
          { type: 2, value: "localhost" },
        ],
      },
    ],
  });
  return { certificate: cert, privateKey };
}

export function passwordOf(identity: Identity, principal: string): string {
  const password = identity.passwords[principal];
  if (password === undefined) throw new BackboneError("PART_FAILED", `the principal ${principal} has no SCRAM user`);
  return password;
}
