import type { CdkCustomResourceEvent } from "aws-lambda";
import { expect, test } from "vitest";
import { type ClusterAcls, createKafkaAcls } from "../../../../functions/kafka-acls/apply-acls.ts";
import type { Acl, Operation } from "../../../../shared/access/index.ts";
import { acl as aclOf } from "../../access-plan/cluster.ts";

const ClusterArn = "arn:aws:kafka:eu-west-1:123456789012:cluster/orders/0f1e2d3c";
const registry = "User:schema-registry";

const acl = (operation: Operation, resourceName = "journal", principal = registry) =>
  aclOf(principal, operation, resourceName);

interface Desired {
  readonly principals?: readonly string[];
  readonly acls: readonly Acl[];
}

const propertiesOf = ({ principals = [registry], acls }: Desired) => ({
  ServiceToken: "arn:aws:lambda:eu-west-1:123456789012:function:provider",
  ClusterArn,
  Principals: principals,
  Acls: acls,
});

const common = {
  ServiceToken: "arn:aws:lambda:eu-west-1:123456789012:function:provider",
  ResponseURL: "https://example.com",
  StackId: "stack",
  RequestId: "request",
  LogicalResourceId: "Acls",
  ResourceType: "Custom::KafkaAcls",
};
const create = (desired: Desired): CdkCustomResourceEvent => ({
  ...common,
  RequestType: "Create",
  ResourceProperties: propertiesOf(desired),
});
const update = (from: Desired, to: Desired): CdkCustomResourceEvent => ({
  ...common,
  RequestType: "Update",
  PhysicalResourceId: ClusterArn,
  OldResourceProperties: propertiesOf(from),
  ResourceProperties: propertiesOf(to),
});

/** A cluster with these ACLs, and the resource on it. */
function clusterWith(...present: Acl[]) {
  const acls = [...present];
  const calls: string[] = [];
  const cluster: ClusterAcls = {
    read: async () => acls,
    create: async (added) => {
      calls.push("create");
      acls.push(...added);
    },
    delete: async (removed) => {
      calls.push("delete");
      for (const one of removed) acls.splice(acls.indexOf(one), 1);
    },
  };
  const handler = createKafkaAcls({ withCluster: (use) => use(cluster), applied: () => undefined });
  return { acls, calls, handler };
}

test("creates the ACLs under the cluster's ARN, and nothing when it is repeated", async () => {
  const { acls, calls, handler } = clusterWith();
  const event = create({ acls: [acl("READ"), acl("WRITE")] });

  expect(await handler(event)).toEqual({ PhysicalResourceId: ClusterArn });
  await handler(event);

  expect(acls).toEqual([acl("READ"), acl("WRITE")]);
  expect(calls).toEqual(["create"]);
});

test("its principals have nothing else, and others keep what they have", async () => {
  const foreign = acl("ALL", "journal", "User:backup");
  const { acls, handler } = clusterWith(acl("ALTER"), foreign);

  await handler(create({ acls: [acl("READ")] }));

  expect(acls).toEqual([foreign, acl("READ")]);
});

test("an update makes before it removes", async () => {
  const { acls, calls, handler } = clusterWith(acl("READ"), acl("WRITE"));

  await handler(update({ acls: [acl("READ"), acl("WRITE")] }, { acls: [acl("READ"), acl("DESCRIBE")] }));

  expect(acls).toEqual([acl("READ"), acl("DESCRIBE")]);
  expect(calls).toEqual(["create", "delete"]);
});

test("a principal that leaves loses all, and one that was only named loses what it was given", async () => {
  const [given, own] = [acl("READ", "orders", "User:audit"), acl("WRITE", "audits", "User:audit")];
  const { acls, handler } = clusterWith(acl("READ"), acl("ALTER"), given, own);

  await handler(update({ acls: [acl("READ"), given] }, { principals: [], acls: [] }));

  expect(acls).toEqual([own]);
});

test("a rollback, which is an update backwards, gives back what there was", async () => {
  const [before, after] = [{ acls: [acl("READ")] }, { acls: [acl("WRITE")] }];
  const { acls, handler } = clusterWith(acl("READ"));

  await handler(update(before, after));
  await handler(update(after, before));

  expect(acls).toEqual([acl("READ")]);
});

test("deleting the resource keeps the ACLs, and asks no broker", async () => {
  const handler = createKafkaAcls({
    withCluster: () => Promise.reject(new Error("must not be asked")),
    applied: () => undefined,
  });

  expect(
    await handler({
      ...common,
      RequestType: "Delete",
      PhysicalResourceId: ClusterArn,
      ResourceProperties: propertiesOf({ acls: [acl("READ")] }),
    }),
  ).toEqual({ PhysicalResourceId: ClusterArn });
});

test("properties of another shape are refused by their place", async () => {
  const { handler } = clusterWith();
  const ResourceProperties = { ...propertiesOf({ acls: [] }), Acls: [{ ...acl("READ"), operation: "FLY" }] };

  await expect(handler({ ...common, RequestType: "Create", ResourceProperties })).rejects.toMatchObject({
    code: "INVALID_OPTIONS",
    message: expect.stringMatching(/^property Acls\.0\.operation: /),
  });
});
