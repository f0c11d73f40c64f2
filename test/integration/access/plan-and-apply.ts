import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type ClusterState, readCluster } from "../../../shared/access-plan/index.ts";
import { access, admin, applied, broker, file, planFile, seen, shop, topicNames } from "./cluster.ts";

describe("plan and apply", () => {
  it("make the cluster what the file says; a plan of it then shows no change", async () => {
    writeFileSync(file, shop);
    const plan = await access("plan");
    expect(plan).toMatchObject({ code: 0, err: `cluster: ${broker.address} (the file owns topics and ACLs)\n` });
    expect(plan.out).toContain("  + orders.stock.dlt  3 partitions, replication 1\n");
    expect(plan.out).toContain("  + till  User:till may WRITE topic orders\n");
    expect(plan.out).toMatch(/Topics: 3 to create, 0 to change, 0 to delete\. ACLs: \d+ to create, 0 to delete\.\n$/);
    expect(await topicNames()).toEqual([]);

    const apply = await access("apply");
    expect(apply.code, apply.err).toBe(0);
    expect(apply.out).toContain("Applied, and seen on the cluster.");

    const again = await access("plan");
    expect(again.out).toMatch(/^No changes: 3 topics and \d+ ACLs are as the file says\.\n$/);
    expect(await access("drift")).toMatchObject({ code: 0 });
    const [orders] = (await readCluster(admin)).topics.filter(({ name }) => name === "orders");
    expect(orders).toMatchObject({ partitions: 3, replication: 1 });
    expect(orders?.configs.get("retention.ms")).toMatchObject({ value: "86400000", isSet: true });
  });

  it("say with --include-unchanged also what stays", async () => {
    await applied(shop);
    const { out } = await access("plan", "--include-unchanged", "-o", planFile);
    expect(out).toContain("    orders  3 partitions, replication 1\n");
    const { topicPlans } = JSON.parse(readFileSync(planFile, "utf8"));
    expect(topicPlans.map(({ action }: { action: string }) => action)).toEqual(["NO_CHANGE", "NO_CHANGE", "NO_CHANGE"]);
  });

  it("add partitions, with a warning, and change settings without losing what a reassignment has set", async () => {
    await applied(shop);
    const throttle = { name: "leader.replication.throttled.replicas", value: "0:1" };
    const [retention, policy] = [
      { name: "retention.ms", value: "86400000" },
      { name: "segment.bytes", value: "2000000" },
    ];
    await admin.alterConfigs({
      validateOnly: false,
      resources: [{ type: 2, name: "orders", configEntries: [throttle, retention, policy] }],
    });
    const segmentsAreSet = ({ topics }: ClusterState) =>
      expect(topics.find(({ name }) => name === "orders")?.configs.get("segment.bytes")).toMatchObject({
        value: "2000000",
        isSet: true,
      });
    await seen(segmentsAreSet);
    writeFileSync(file, shop.replace("partitions: 3", "partitions: 6").replace("86400000", "3600000"));
    const plan = await access("plan");
    expect(plan.out).toContain("    ~ partitions 3 → 6  (keys move to other partitions)\n");
    expect(plan.out).toContain("    ~ retention.ms 86400000 → 3600000\n");
    expect(plan.out).toContain("left alone (--delete deletes them): settings segment.bytes of orders.\n");
    expect(plan.out).not.toContain("segment.bytes 2000000");
    expect(await access("apply")).toMatchObject({ code: 0 });
    await seen(segmentsAreSet);
    expect(await access("apply", "--delete")).toMatchObject({
      code: 0,
      out: expect.stringContaining("    - segment.bytes 2000000 → the brokers' default\n"),
    });
    const [orders] = (await readCluster(admin)).topics.filter(({ name }) => name === "orders");
    expect(orders?.partitions).toBe(6);
    const set = [...(orders?.configs ?? [])].filter(([, { isSet }]) => isSet).map(([key, { value }]) => [key, value]);
    expect(Object.fromEntries(set)).toEqual({ [throttle.name]: "0:1", "retention.ms": "3600000" });
  });

  it("see no difference in settings that are the broker's defaults, on either side", async () => {
    await admin.createTopics({
      waitForLeaders: true,
      topics: [
        {
          topic: "plain",
          numPartitions: 1,
          configEntries: [
            { name: "segment.bytes", value: "1073741824" },
            { name: "segment.ms", value: "604800000" },
          ],
        },
      ],
    });
    writeFileSync(file, "topics: { plain: { partitions: 1, replication: 1, configs: { retention.ms: 604800000 } } }");
    expect((await access("plan")).out).toBe("No changes: 1 topic and 0 ACLs are as the file says.\n");
  });

  it("keep to the targets, and leave ACLs alone where that is asked for", async () => {
    writeFileSync(file, shop);
    expect(await access("apply", "--target", "journal", "stock")).toMatchObject({ code: 0 });
    expect(await topicNames()).toEqual(["journal", "orders.stock.dlt"]);
    expect(new Set((await readCluster(admin)).acls.map(({ principal }) => principal))).toEqual(new Set(["User:stock"]));
    expect(await access("apply", "--skip-acls")).toMatchObject({ code: 0 });
    expect(await topicNames()).toEqual(["journal", "orders", "orders.stock.dlt"]);
    expect((await readCluster(admin)).acls.every(({ principal }) => principal === "User:stock")).toBe(true);
    const unknown = await access("plan", "--target", "journal", "jurnal");
    expect(unknown).toMatchObject({ code: 2, err: expect.stringContaining("--target jurnal: has to be a topic") });
  });
});
