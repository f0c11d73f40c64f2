import { BackboneError } from "../errors.ts";
import type { Deserializer } from "../schema-registry/index.ts";

/**
 * Reads data as JSON, whatever its type: with `mskEvent`, which writes it so, a test needs no schema and no registry.
 * That reader and writer understand each other's schemas is for other tests.
 *
 * What is no JSON is MALFORMED_PAYLOAD. A Date comes back as its text, since JSON has none.
 */
export const jsonDeserializer: Deserializer = {
  deserialize(eventType, value) {
    try {
      return JSON.parse(value.toString("utf8"));
    } catch {
      // The error of JSON.parse quotes the payload.
      throw new BackboneError("MALFORMED_PAYLOAD", `value of ${eventType} is no json`);
    }
  },
};
