import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { installOnce } from "../../../../local/parts/install-once.ts";

const newTarget = () => join(mkdtempSync(join(tmpdir(), "install-")), "parts", "abc");
const writing = (text: string) => async (folder: string) => writeFileSync(join(folder, "file"), text);

describe("installOnce", () => {
  it("installs what is not there, and leaves what is", async () => {
    const target = newTarget();
    await installOnce(target, writing("first"));
    await installOnce(target, writing("second"));
    expect(readFileSync(join(target, "file"), "utf8")).toBe("first");
  });

  it("leaves nothing of an install that failed", async () => {
    const target = newTarget();
    const failing = async (folder: string) => {
      await writing("half")(folder);
      throw new Error("no connection");
    };
    await expect(installOnce(target, failing)).rejects.toThrow("no connection");
    expect(existsSync(target)).toBe(false);
    expect(readdirSync(dirname(target))).toEqual([]);
  });

  it("does not mind a folder of another install that goes while it looks", async () => {
    const target = newTarget();
    mkdirSync(dirname(target), { recursive: true });
    symlinkSync(join(dirname(target), "gone"), `${target}-other`); // listed, and not there
    await installOnce(target, writing("done"));
    expect(readFileSync(join(target, "file"), "utf8")).toBe("done");
  });

  it("keeps one of two installs that run at the same time", async () => {
    const target = newTarget();
    await Promise.all([installOnce(target, writing("same")), installOnce(target, writing("same"))]);
    expect(readdirSync(dirname(target))).toEqual(["abc"]);
  });
});
