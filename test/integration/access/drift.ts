import { describe, expect, it, vi } from "vitest";
import { access, admin, applied, foreignAcl, grant, shop, shown } from "./cluster.ts";

describe("drift", () => {
  it.each([
    ["a topic that was deleted", () => admin.deleteTopics({ topics: ["journal"] }), "  + journal"],
    ["a topic that was made by hand", () => admin.createTopics({ topics: [{ topic: "by-hand" }] }), "  - by-hand"],
    [
      "partitions that were added by hand",
      () => admin.createPartitions({ topicPartitions: [{ topic: "journal", count: 2 }] }),
      "    ~ partitions 2 → 1\n",
    ],
    [
      "an ACL that was added by hand",
      () => grant({ ...foreignAcl, principal: "User:till" }),
      "  - till  User:till may ALL topic orders\n",
    ],
  ])("exits 1 for %s", async (_, change, line) => {
    await applied(shop);
    await change();
    await vi.waitFor(async () => {
      const { code, out } = await access("drift");
      expect([code, out]).toEqual([1, expect.stringContaining(line)]);
    }, shown);
  });

  it("exits 0 for what others have", async () => {
    await applied(shop);
    await admin.createTopics({ waitForLeaders: true, topics: [{ topic: "theirs.one" }] });
    await grant(foreignAcl);
    expect(await access("drift")).toMatchObject({ code: 0 });
  });
});
