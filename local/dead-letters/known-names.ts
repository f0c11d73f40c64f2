import type { StoredDeadLetter } from "../../shared/dead-letter/index.ts";
import { BackboneError, errorCodes } from "../../shared/errors.ts";
import type { Choice } from "./arguments.ts";

/** The codes that dead letters have besides those of this project's errors. */
const otherCodes = ["OFFLOADED", "UNKNOWN"];

/** What codes and groups there are, so that a misspelt one is no empty list. */
export interface KnownNames {
  /** Takes what a dead letter has for known, too: others may write there. */
  readonly learn: (letter: Pick<StoredDeadLetter, "errorCode" | "consumerGroup">) => void;
  /** @throws BackboneError INVALID_OPTIONS for a code or group that is not known, naming those that are */
  readonly check: (choice: Pick<Choice, "code" | "group">) => void;
}

/** @param groups those of the access file */
export function knownNames(groups: readonly string[]): KnownNames {
  const known = { code: new Set<string>([...Object.keys(errorCodes), ...otherCodes]), group: new Set(groups) };
  return {
    learn({ errorCode, consumerGroup }) {
      known.code.add(errorCode);
      if (consumerGroup !== undefined) known.group.add(consumerGroup);
    },
    check(choice) {
      for (const option of ["code", "group"] as const) {
        const value = choice[option];
        if (value === undefined || known[option].has(value)) continue;
        throw new BackboneError(
          "INVALID_OPTIONS",
          `--${option} ${value}: has to be one of ${[...known[option]].join(", ")}`,
        );
      }
    },
  };
}
