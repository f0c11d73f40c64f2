import { expect, it } from "vitest";
import { planAcls } from "../../../shared/access-plan/plan-acls.ts";
import { acl, desired } from "./cluster.ts";

const principals = new Map([["User:shop", { names: ["shop"], isOwn: true }]]);

it("adds what is missing, keeps what is there, removes what the file does not derive", () => {
  const plans = planAcls(desired({ principals, acls: [acl("User:shop", "READ"), acl("User:shop", "WRITE")] }), [
    acl("User:shop", "WRITE"),
    acl("User:shop", "ALTER"),
  ]);
  expect(plans.map(({ name, action, aclDetails }) => [name, action, aclDetails.operation])).toEqual([
    ["shop", "ADD", "READ"],
    ["shop", "NO_CHANGE", "WRITE"],
    ["shop", "REMOVE", "ALTER"],
  ]);
});

it("plans nothing for principals that the file does not name", () => {
  expect(planAcls(desired({ principals }), [acl("User:other", "WRITE"), acl("User:*", "READ")])).toEqual([]);
});

it("an ACL for one host is not the one for all", () => {
  const plans = planAcls(desired({ principals, acls: [acl("User:shop", "READ")] }), [
    { ...acl("User:shop", "READ"), host: "10.0.0.1" },
  ]);
  expect(plans.map(({ action, aclDetails }) => [action, aclDetails.host])).toEqual([
    ["ADD", "*"],
    ["REMOVE", "10.0.0.1"],
  ]);
});
