import { BackboneError } from "../../../shared/errors.ts";

/** The error that the work throws, which must be of the project's family. */
export function errorOf(work: () => unknown): BackboneError {
  try {
    work();
  } catch (error) {
    if (error instanceof BackboneError) return error;
    throw error;
  }
  throw new Error("no error was thrown");
}
