import type { CdkCustomResourceEvent } from "aws-lambda";
import { expect, test, vi } from "vitest";
import { createBootstrapBrokers } from "../../../../functions/bootstrap-brokers/bootstrap-brokers.ts";

const clusterArn = "arn:aws:kafka:eu-west-1:123456789012:cluster/orders/0f1e2d3c";
const brokers = {
  BootstrapBrokerStringSaslIam: "b-2:9098,b-1:9098",
  BootstrapBrokerStringSaslScram: "b-2:9096,b-1:9096",
};

const common = {
  ServiceToken: "arn:aws:lambda:eu-west-1:123456789012:function:provider",
  ResponseURL: "https://example.com",
  StackId: "stack",
  RequestId: "request",
  LogicalResourceId: "BootstrapBrokers",
  ResourceType: "Custom::BootstrapBrokers",
  ResourceProperties: {
    ServiceToken: "arn:aws:lambda:eu-west-1:123456789012:function:provider",
    ClusterArn: clusterArn,
  },
};
const create: CdkCustomResourceEvent = { ...common, RequestType: "Create" };

test.each<CdkCustomResourceEvent>([
  create,
  {
    ...common,
    RequestType: "Update",
    PhysicalResourceId: clusterArn,
    OldResourceProperties: common.ResourceProperties,
  },
])("gives the brokers of the cluster on $RequestType, in an order that does not change", async (event) => {
  const getBootstrapBrokers = vi.fn(async () => brokers);
  expect(await createBootstrapBrokers({ getBootstrapBrokers })(event)).toEqual({
    PhysicalResourceId: clusterArn,
    Data: { SaslIam: "b-1:9098,b-2:9098", SaslScram: "b-1:9096,b-2:9096" },
  });
  expect(getBootstrapBrokers).toHaveBeenCalledExactlyOnceWith(clusterArn);
});

test("gives the same addresses in whatever order MSK names them", async () => {
  const getBootstrapBrokers = async () => ({ ...brokers, BootstrapBrokerStringSaslIam: "b-2:9098,b-1:9098" });
  expect(await createBootstrapBrokers({ getBootstrapBrokers })(create)).toMatchObject({
    Data: { SaslIam: "b-1:9098,b-2:9098" },
  });
});

test("does nothing on Delete", async () => {
  const getBootstrapBrokers = vi.fn(async () => brokers);
  const event: CdkCustomResourceEvent = { ...common, RequestType: "Delete", PhysicalResourceId: "old" };
  expect(await createBootstrapBrokers({ getBootstrapBrokers })(event)).toEqual({ PhysicalResourceId: "old" });
  expect(getBootstrapBrokers).not.toHaveBeenCalled();
});

test("fails for a cluster that lacks IAM or SCRAM", async () => {
  const { BootstrapBrokerStringSaslScram: _, ...iamOnly } = brokers;
  const bootstrapBrokers = createBootstrapBrokers({ getBootstrapBrokers: async () => iamOnly });
  await expect(bootstrapBrokers(create)).rejects.toThrow("the cluster has no brokers for SCRAM; it must be enabled");
});

test("fails without a cluster", async () => {
  const bootstrapBrokers = createBootstrapBrokers({ getBootstrapBrokers: async () => brokers });
  const ResourceProperties = { ServiceToken: common.ServiceToken };
  await expect(bootstrapBrokers({ ...common, RequestType: "Create", ResourceProperties })).rejects.toMatchObject({
    code: "INVALID_OPTIONS",
  });
});
