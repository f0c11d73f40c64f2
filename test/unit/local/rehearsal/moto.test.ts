import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startMoto } from "../../../../local/rehearsal/moto.ts";
import { isAlive } from "../processes.ts";

it("says what is wrong with a server that gives no certificate, and ends it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "moto-"));
  const python = join(folder, "python");
  // In moto's place: it serves, and knows no ACM.
  const server = `#!${process.execPath}
    require("node:http").createServer((_, response) => response.end("{}")).listen(process.argv[3], "localhost");
    require("node:fs").writeFileSync(${JSON.stringify(join(folder, "pid"))}, String(process.pid));`;
  writeFileSync(python, server, { mode: 0o755 });

  await expect(startMoto({ python, folder })).rejects.toMatchObject({
    code: "PART_FAILED",
    message: expect.stringMatching(/^moto's server gave no certificate: .*CertificateArn.*; log: .*moto\.log/),
  });
  expect(isAlive(Number(readFileSync(join(folder, "pid"), "utf8")))).toBe(false);
});
