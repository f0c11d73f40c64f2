import { describe, expect, test } from "vitest";
import { listLimitOf, parseArguments } from "../../../../local/dead-letters/arguments.ts";

const now = Date.UTC(2026, 0, 31, 12);
const parse = (line: string) => parseArguments(line === "" ? [] : line.split(" "), now);

describe("arguments of npm run dead-letters", () => {
  test("without options: what waits on the local backbone, a screenful of it", () => {
    const parsed = parse("list");
    expect(parsed).toMatchObject({ command: "list", all: false, json: false, connection: { kind: "local" } });
    expect(parsed.choice).toEqual({
      ids: [],
      topic: undefined,
      group: undefined,
      code: undefined,
      sinceMs: undefined,
      key: undefined,
      limit: undefined,
    });
    expect(listLimitOf(parsed)).toBe(100);
    expect(listLimitOf(parse("list --json"))).toBe(Number.POSITIVE_INFINITY);
    expect(listLimitOf(parse("list --json --limit 3"))).toBe(3);
  });

  test("every filter, by name or by place", () => {
    const { choice } = parse("redrive t.g.dlt/0/1 e-1 --topic t --group g --code C --key k --limit 5");
    expect(choice).toMatchObject({
      ids: ["t.g.dlt/0/1", "e-1"],
      topic: "t",
      group: "g",
      code: "C",
      key: "k",
      limit: 5,
    });
  });

  test("a stage", () => {
    expect(parse("redrive --stage dev").stage).toBe("dev");
    expect(parse("redrive").stage).toBeUndefined();
  });

  test("what claims may not recognise any more is redriven only if that is said", () => {
    expect(parse("redrive").claimsGone).toBe(false);
    expect(parse("redrive --claims-gone").claimsGone).toBe(true);
    expect(() => parse("discard a --reason x --claims-gone")).toThrow("--claims-gone does not go with discard");
  });

  test("the key of a record may be empty", () => {
    expect(parse("list --key=").choice.key).toBe("");
  });

  test.each([
    ["2026-01-31", Date.UTC(2026, 0, 31)],
    ["2026-01-31T08:00Z", Date.UTC(2026, 0, 31, 8)],
    ["2026-01-31T08:00:00.5+02:00", Date.UTC(2026, 0, 31, 6) + 500],
    ["30m", now - 1_800_000],
    ["12h", now - 43_200_000],
    ["7d", now - 604_800_000],
  ])("--since %s", (text, expected) => {
    expect(parse(`list --since ${text}`).choice.sinceMs).toBe(expected);
  });

  test.each(["yesterday", "2026-01-31T08:00:00", "2026-13-01", "2026-02-31", "2026-01-31T", "5", "7w", "-1h"])(
    "--since %s is refused",
    (text) => {
      expect(() => parseArguments(["list", `--since=${text}`], now)).toThrow(`--since ${text}: has to be a time like`);
    },
  );

  test.each(["2026-02-01", "2026-01-31T12:01Z"])("--since %s, in the future, is refused", (text) => {
    expect(() => parse(`list --since ${text}`)).toThrow(
      `--since ${text}: must not be in the future, now is 2026-01-31T12:00:00.000Z`,
    );
  });

  test("MSK with SCRAM", () => {
    const secret = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:AmazonMSK_a";
    expect(parse(`list --bootstrap-servers b-1:9096 --auth scram --secret ${secret}`).connection).toEqual({
      kind: "msk",
      brokers: ["b-1:9096"],
      secretArn: secret,
    });
  });

  test.each([
    ["", "COMMAND is missing: has to be list, show, redrive or discard"],
    ["purge", "COMMAND purge: has to be"],
    ["list e-1", "e-1 does not go with list"],
    ["list --yes", "--yes does not go with list: has to be one of --command-config"],
    ["list --topic=", '--topic "": must not be blank'],
    ["list --limit 1 --limit 2", "--limit: may be given once"],
    ["show", "show takes one ID, got 0"],
    ["show a --topic t", "--topic does not go with show"],
    ["redrive --reason x", "--reason does not go with redrive"],
    ["discard a", "--reason is missing: discard keeps why"],
    ["discard a --reason=", '--reason "": must not be blank'],
    ["redrive --as=", '--as "": must not be blank'],
    ["redrive --limit 0", "--limit 0: has to be a whole number"],
    ["redrive --auth iam", "--auth goes with --bootstrap-servers"],
    ["show a --registry localhost:8081", "--registry: has to be an http or https URL"],
    ["redrive --frobnicate", "--frobnicate"],
  ])("'%s' is refused", (line, message) => {
    expect(() => parse(line)).toThrow(message);
  });
});
