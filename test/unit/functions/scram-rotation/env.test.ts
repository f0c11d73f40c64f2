import { expect, test } from "vitest";
import { readScramRotationEnvironment } from "../../../../functions/scram-rotation/env.ts";

const KAFKA_BOOTSTRAP_SERVERS = "b-1:9096,b-2:9096";

test("the brokers, and the service to restart if there is one", () => {
  expect(readScramRotationEnvironment({ KAFKA_BOOTSTRAP_SERVERS })).toEqual({
    brokers: ["b-1:9096", "b-2:9096"],
    ecsService: undefined,
  });
  expect(
    readScramRotationEnvironment({ KAFKA_BOOTSTRAP_SERVERS, ECS_CLUSTER: "cluster", ECS_SERVICE: "registry" }),
  ).toMatchObject({ ecsService: { cluster: "cluster", service: "registry" } });
});

test("a service without its cluster is refused, and the other way round", () => {
  const rule = "must be set, as ECS_CLUSTER and ECS_SERVICE stand together or not at all";
  expect(() => readScramRotationEnvironment({ KAFKA_BOOTSTRAP_SERVERS, ECS_SERVICE: "registry" })).toThrow(
    `ECS_CLUSTER ${rule}`,
  );
  expect(() => readScramRotationEnvironment({ KAFKA_BOOTSTRAP_SERVERS, ECS_CLUSTER: "cluster" })).toThrow(
    `ECS_SERVICE ${rule}`,
  );
});
