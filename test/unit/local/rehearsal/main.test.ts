import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it, vi } from "vitest";

/** Answers as a Python that makes environments of itself, and whose server never serves. */
const python = `#!/bin/sh
case "$1 $2" in
  -c*) echo 3 12 "$0" ;;
  "-m venv") mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
  "-m pip") ;;
  *) touch "$HOME/serving" && exec sleep 60 ;;
esac
`;

it("leaves no folder behind when ctrl-c ends the rehearsal", async () => {
  const folder = mkdtempSync(join(tmpdir(), "rehearsal-"));
  const temporary = join(folder, "tmp");
  const bin = join(folder, "bin");
  for (const made of [temporary, bin]) mkdirSync(made);
  writeFileSync(join(bin, "python3"), python, { mode: 0o755 });
  const main = fileURLToPath(new URL("../../../../local/rehearsal/main.ts", import.meta.url));
  const env = { PATH: `${bin}:${process.env.PATH}`, TMPDIR: temporary, BACKBONE_CACHE_DIR: join(folder, "cache") };
  const rehearsal = spawn(process.execPath, [main], { env, stdio: "ignore" });
  const exited = once(rehearsal, "exit");
  await vi.waitFor(() => {
    const [made = ""] = readdirSync(temporary).filter((name) => name.startsWith("backbone-rehearsal-"));
    expect(existsSync(join(temporary, made, "serving"))).toBe(true);
  }, 30_000);

  rehearsal.kill("SIGINT");

  expect(await exited).toEqual([130, null]);
  expect(readdirSync(temporary)).toEqual([]);
});
