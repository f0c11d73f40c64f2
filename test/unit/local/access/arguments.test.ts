import { describe, expect, it } from "vitest";
import { parseArguments } from "../../../../local/access/arguments.ts";

const secret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:AmazonMSK_admin";

describe("parseArguments", () => {
  it("plans the project's own file for the local backbone when nothing else is said", () => {
    expect(parseArguments(["plan"])).toMatchObject({
      command: "plan",
      file: "infra/access.yaml",
      delete: false,
      yes: false,
      targets: [],
      skipAcls: false,
      includeUnchanged: false,
      connection: { kind: "local" },
    });
  });

  it("takes several targets", () => {
    expect(parseArguments(["plan", "--target", "orders", "shop", "--delete"]).targets).toEqual(["orders", "shop"]);
  });

  it.each([
    [["-c", "client.properties"], { kind: "file", file: "client.properties" }],
    [["--bootstrap-servers", "a:1,b:2", "--auth", "iam"], { kind: "msk", brokers: ["a:1", "b:2"] }],
    [
      ["--bootstrap-servers", "a:1", "--auth", "scram", "--secret", secret],
      { kind: "msk", brokers: ["a:1"], secretArn: secret },
    ],
  ])("connects with %j", (args, connection) => {
    expect(parseArguments(["drift", ...args]).connection).toMatchObject(connection);
  });

  it.each([
    [[], /COMMAND is missing: has to be validate, plan, apply, import or drift/],
    [["destroy"], /COMMAND destroy/],
    [["plan", "--purge"], /--purge/],
    [["plan", "orders"], /orders does not go with plan/],
    [["validate", "--delete"], /--delete does not go with validate/],
    [["plan", "--yes"], /--yes does not go with plan/],
    [["drift", "-o", "x"], /--output does not go with drift/],
    [["apply", "-p", "plan.json", "--delete"], /--delete does not go with --plan/],
    [["plan", "--auth", "iam"], /--auth goes with --bootstrap-servers/],
    [["plan", "--bootstrap-servers", "a:1"], /--auth is missing: has to be iam or scram/],
    [["plan", "--bootstrap-servers", "a", "--auth", "iam"], /--bootstrap-servers a: has to be HOST:PORT/],
    [["plan", "--bootstrap-servers", "a:1", "--auth", "scram"], /--secret is missing: has to be the ARN/],
    // It may be the password itself.
    [
      ["plan", "--bootstrap-servers", "a:1", "--auth", "scram", "--secret", "pw"],
      /^--secret: has to be the ARN(?!.*pw)/,
    ],
    [["plan", "-c", "f", "--bootstrap-servers", "a:1", "--auth", "iam"], /--command-config does not go with/],
  ])("refuses %j", (args, message) => {
    expect(() => parseArguments(args)).toThrow(message);
  });
});
