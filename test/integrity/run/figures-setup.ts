import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { sumOf } from "./figures.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Takes the figures of each test, a JSON object a line. */
    figuresFile: string;
  }
}

/** A file for the figures of a project's tests, whose sum is printed after the last of them. */
export default function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), "integrity-figures-"));
  const figuresFile = join(folder, "figures");
  project.provide("figuresFile", figuresFile);
  return () => {
    const sum = sumOf(figuresFile);
    if (sum !== undefined) process.stdout.write(`${sum}\n`);
  };
}
