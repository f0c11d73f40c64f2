import { expect, it } from "vitest";
import { areOfMsk, regionOf } from "../../../../local/access/region.ts";

const msk = "b-1.shop.a1b2c3.c4.kafka.eu-central-1.amazonaws.com:9098";

it.each([
  [[msk], {}, "eu-central-1"],
  [["boot-x1.c2.kafka-serverless.us-east-1.amazonaws.com:9098"], {}, "us-east-1"],
  [["b-1.shop.a1b2c3.c4.kafka.cn-north-1.amazonaws.com.cn:9098"], {}, "cn-north-1"],
  [["localhost:9098"], { AWS_REGION: "eu-west-1" }, "eu-west-1"],
])("the region of %j with %j is %s", (brokers, env, region) => {
  expect(regionOf(brokers, env)).toBe(region);
});

it("asks for AWS_REGION where no broker names a region", () => {
  expect(() => regionOf(["localhost:9098"], {})).toThrow(/AWS_REGION: must be set, localhost:9098/);
});

it("knows MSK by its brokers' names", () => {
  expect([areOfMsk([msk]), areOfMsk(["kafka.example.com:9098"])]).toEqual([true, false]);
});
