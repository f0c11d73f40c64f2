import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { requireJava } from "../../../../local/parts/java.ts";

function folderWith(...versions: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "jvm-"));
  for (const version of versions) {
    mkdirSync(join(folder, version, "bin"), { recursive: true });
    writeFileSync(join(folder, version, "bin/java"), "");
    writeFileSync(join(folder, version, "release"), `IMPLEMENTOR="X"\nJAVA_VERSION="${version}"\n`);
  }
  return folder;
}

describe("requireJava", () => {
  it("takes the newest of what JAVA_HOME, PATH and the usual folders hold", () => {
    const old = folderWith("17.0.15");
    const usual = folderWith("21.0.4", "25.0.1");
    const search = { javaHome: join(old, "17.0.15"), path: join(old, "17.0.15/bin"), folders: [usual] };
    expect(requireJava(search)).toBe(join(usual, "25.0.1", "bin/java"));
  });

  it("says what was found and what to do when none is new enough", () => {
    const usual = folderWith("17.0.15", "1.8.0_392");
    expect(() => requireJava({ javaHome: undefined, path: "", folders: [usual] })).toThrow(
      /Java 21 or newer is needed, found 17 in .*, 8 in .*Install a JDK/,
    );
  });

  it("says that none was found, and where it looked", () => {
    expect(() => requireJava({ javaHome: "/nowhere", path: "/nowhere/bin", folders: ["/nowhere/jvm"] })).toThrow(
      /none was found; looked at JAVA_HOME, PATH, \/nowhere\/jvm/,
    );
  });
});
