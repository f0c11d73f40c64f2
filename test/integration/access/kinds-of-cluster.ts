import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createRunFolder } from "../../../local/run-folder.ts";
import { readCluster } from "../../../shared/access-plan/index.ts";
import { clientProperties } from "../running-broker.ts";
import { access, admin, applied, broker, file, produce, runHere, shop, topicNames } from "./cluster.ts";

describe("on MSK", () => {
  const secret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:AmazonMSK_admin";
  const msk = () => ["--bootstrap-servers", broker.address, "--auth", "scram", "--secret", secret];

  it("ACLs are applied and topics only reported", async () => {
    writeFileSync(file, shop);
    const { code, out, err } = await access("apply", ...msk());
    expect(code).toBe(0);
    expect(err).toContain("(MSK: CloudFormation owns the topics");
    expect(out).toMatch(/Only reported:\n.*\n {2}\+ orders .*To apply:\nACLs\n {2}\+ till/s);
    expect(await topicNames()).toEqual([]);
    expect((await readCluster(admin)).acls).toContainEqual(expect.objectContaining({ principal: "User:till" }));
    expect(await access("drift", ...msk())).toMatchObject({ code: 1, out: expect.stringContaining("  + orders  3") });
    expect((await access("plan", ...msk())).out).toMatch(/No changes: 0 topics and \d+ ACLs are as the file says\.\n$/);
  });

  it("no topic is deleted, and what a topic cannot be or holds keeps no ACL back", async () => {
    await applied(shop);
    await admin.createTopics({ waitForLeaders: true, topics: [{ topic: "kept" }] });
    await produce("kept");
    writeFileSync(file, shop.replace("partitions: 3", "partitions: 2").replace("roles: [operator]", "roles: [reader]"));
    const { code, out } = await access("apply", "--delete", ...msk());
    expect([code, out]).toEqual([0, expect.stringContaining("  - kept  1 partition, replication 1, 2 records\n")]);
    expect(await topicNames()).toContain("kept");
    const ada = (await readCluster(admin)).acls.filter(({ principal }) => principal === "User:ada");
    expect(ada).toContainEqual(expect.objectContaining({ resourceType: "GROUP", operation: "READ" }));
    expect(ada.some(({ resourceType }) => resourceType === "CLUSTER")).toBe(false);
  });
});

describe("on a local backbone", () => {
  it("topics have at most as many copies as it has brokers, also where it is named by its file", async () => {
    const cache = mkdtempSync(join(tmpdir(), "access-cache-"));
    const { clientFile: localFile } = createRunFolder(cache, undefined);
    writeFileSync(localFile, clientProperties(broker));
    writeFileSync(file, "topics: { orders: { partitions: 1, replication: 3, configs: { min.insync.replicas: 2 } } }");
    const plan = { out: expect.stringContaining("  + orders  1 partition, replication 1\n"), code: 0 };

    expect(await runHere(["plan", "-f", file], { BACKBONE_CACHE_DIR: cache })).toMatchObject(plan);
    expect(await runHere(["plan", "-f", file, "-c", localFile], { BACKBONE_CACHE_DIR: cache })).toMatchObject(plan);
  });
});
