import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readCluster } from "../../../shared/access-plan/index.ts";
import { clientProperties } from "../running-broker.ts";
import { access, admin, applied, broker, file, folder, shop } from "./cluster.ts";

describe("what cannot be is refused, and nothing is applied", () => {
  const withNew = shop.replace("topics:\n", "topics:\n  new: { partitions: 1 }\n");

  it.each([
    [
      "fewer partitions",
      ["partitions: 3", "partitions: 2"],
      /topics\.orders\.partitions: must be at least the 3 .* got 2/,
    ],
    [
      "more copies than brokers",
      ["{ partitions: 1 }", "{ partitions: 1, replication: 3 }"],
      /topics\.new\.replication: must be at most 1, the cluster's brokers, got 3/,
    ],
    [
      "another replication than there is",
      ["partitions: 3,", "partitions: 3, replication: 2,"],
      /topics\.orders\.replication: must be the 1 that it has, got 2/,
    ],
    ["an unknown key", ["partitions: 3", "partition: 3"], /topics\.orders\.partition: unknown key/],
    ["a name that comes twice", ["users:", "topics: {}\nusers:"], /topics: must stand once, comes again/],
    [
      "two services in one group",
      ["group-id: stock-group", "group-id: keeper"],
      /the group 'keeper' is already that of/,
    ],
    [
      "an ACL that the broker refuses",
      ["type: GROUP, pattern: PREFIXED, operation: READ", "type: CLUSTER, pattern: LITERAL, operation: ALTER"],
      /customServiceAcls\.keeper: the name of a CLUSTER must be kafka-cluster, got 'keeper-'/,
    ],
    ["a bad name", ["  journal:", "  jour nal:"], /topics\.jour nal: must be 1 to 249 of/],
    ["an unknown setting", ["retention.ms: -1", "retention.msec: 1"], /retention\.msec/],
    [
      "a value that a setting cannot have",
      ["policy: compact", "policy: shrink"],
      /topics\.journal\.configs\.cleanup\.policy: must be a list of compact, delete, which may be empty, got "shrink"/,
    ],
    [
      "a value that the broker refuses",
      ["retention.ms: -1", "segment.bytes: 14"],
      /topics\.journal\.configs \(segment\.bytes=14\): INVALID_CONFIG/,
    ],
    [
      "a value of a new topic that the broker refuses",
      ["{ partitions: 1 }", "{ partitions: 1, configs: { segment.bytes: 14 } }"],
      /topics\.new \(segment\.bytes=14\): INVALID_CONFIG/,
    ],
  ] as const)("%s", async (_, [from, to], message) => {
    await applied(shop);
    writeFileSync(file, withNew.replace(from, to));
    const before = await readCluster(admin);
    for (const command of ["plan", "apply"]) {
      const { code, err } = await access(command);
      expect([code, err]).toEqual([2, expect.stringMatching(message)]);
    }
    expect(await readCluster(admin)).toEqual(before);
  });

  it("a cluster that is not there, and a login that is wrong, without telling the password", async () => {
    writeFileSync(file, shop);
    const nowhere = join(folder, "nowhere.properties");
    writeFileSync(nowhere, "bootstrap.servers=127.0.0.1:1");
    expect(await access("plan", "-c", nowhere)).toMatchObject({
      code: 2,
      err: expect.stringMatching(/127\.0\.0\.1:1/),
    });
    const wrong = join(folder, "wrong.properties");
    writeFileSync(wrong, clientProperties(broker, "not-the-password"));
    const { code, err } = await access("plan", "-c", wrong);
    expect([code, err]).toEqual([2, expect.stringMatching(/authentication failed(?!.*not-the-password)/i)]);
  });
});
