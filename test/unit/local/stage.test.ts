import { expect, it } from "vitest";
import { stageNames } from "../../../infra/config.ts";
import { stageOf } from "../../../local/stage.ts";

it.each([
  ["dev", "prod", "dev"],
  [undefined, "dev", "dev"],
  [undefined, undefined, "prod"],
])("%s named, %s running: %s", async (named, running, expected) => {
  expect(await stageOf(named, running)).toBe(expected);
});

it("a stage that there is not is refused, wherever it comes from", async () => {
  const refusal = { code: "INVALID_OPTIONS", message: `stage qa: has to be one of ${stageNames.join(", ")}` };
  await expect(stageOf("qa")).rejects.toMatchObject(refusal);
  await expect(stageOf(undefined, "qa")).rejects.toMatchObject(refusal);
});
