import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { access, admin, file, planFile, shop, topicNames } from "./cluster.ts";

describe("a plan file", () => {
  it("is applied as it was reviewed", async () => {
    writeFileSync(file, shop);
    expect(await access("plan", "-o", planFile)).toMatchObject({ code: 0 });
    expect(await access("apply", "-p", planFile)).toMatchObject({ code: 0 });
    expect(await access("drift")).toMatchObject({ code: 0 });
  });

  it("is refused when the cluster is not as it was", async () => {
    writeFileSync(file, shop);
    await access("plan", "-o", planFile);
    await admin.createTopics({ waitForLeaders: true, topics: [{ topic: "orders", numPartitions: 1 }] });
    const { code, err } = await access("apply", "-p", planFile);
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(/is stale, nothing was applied: the cluster is not as it was.*orders/),
    ]);
    expect(await topicNames()).toEqual(["orders"]);
  });

  it("is refused when the access file has changed, but not for a comment", async () => {
    writeFileSync(file, shop);
    await access("plan", "-o", planFile);
    writeFileSync(file, shop.replace("partitions: 3", "partitions: 4"));
    const { code, err } = await access("apply", "-p", planFile);
    expect([code, err]).toEqual([2, expect.stringMatching(/access\.yaml differs from when it was planned/)]);
    expect(await topicNames()).toEqual([]);
    writeFileSync(file, `# reviewed\n${shop}`);
    expect(await access("apply", "-p", planFile)).toMatchObject({ code: 0 });
  });

  it("is refused on another cluster", async () => {
    writeFileSync(file, shop);
    await access("plan", "-o", planFile);
    const plan = JSON.parse(readFileSync(planFile, "utf8"));
    writeFileSync(planFile, JSON.stringify({ ...plan, plannedFor: { ...plan.plannedFor, clusterId: "another" } }));
    const { code, err } = await access("apply", "-p", planFile);
    expect([code, err]).toEqual([2, expect.stringMatching(/it is for the cluster another/)]);
  });
});
