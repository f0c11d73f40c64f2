import { isUtf8 } from "node:buffer";
import { Misfit } from "./schema.ts";

/** The JSON that bytes in UTF-8 hold. */
export function parseJsonBytes(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new Misfit("it is not UTF-8");
  try {
    return JSON.parse(bytes.toString());
  } catch {
    // The error of JSON.parse quotes what it was given.
    throw new Misfit("it is not JSON");
  }
}
