import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { loadAssembly } from "../../local/template/assembly.ts";
import { synthesize } from "../../local/template/synthesize.ts";

it("starts at the same time, of two stages, each get their own templates", async () => {
  const stages = ["prod", "dev"].map((stage) => ({ stage, folder: mkdtempSync(join(tmpdir(), "templates-")) }));

  await Promise.all(stages.map(({ stage, folder }) => synthesize(stage, folder)));

  for (const { stage, folder } of stages) {
    const { stacks } = loadAssembly(folder);
    expect(stacks.length).toBeGreaterThan(0);
    expect(stacks.filter(({ name }) => !name.startsWith(`backbone-${stage}-`))).toEqual([]);
  }
});

it("a stage that there is not is refused with those that there are", async () => {
  const folder = mkdtempSync(join(tmpdir(), "templates-"));

  await expect(synthesize("qa", folder)).rejects.toMatchObject({
    code: "INVALID_OPTIONS",
    message: expect.stringMatching(/^stage: must be one of .*prod/),
  });
});
