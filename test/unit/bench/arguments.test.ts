import { describe, expect, test } from "vitest";
import { parseArguments } from "../../../bench/arguments.ts";

describe("arguments of a bench", () => {
  test("have defaults", () => {
    expect(parseArguments(["decode"])).toMatchObject({
      bench: "decode",
      json: false,
      batches: [1000, 100],
      rounds: 21,
    });
  });

  test("take several batches, rounds and json", () => {
    expect(parseArguments(["decode", "--batch", "1", "10000", "--rounds", "15", "--json"])).toMatchObject({
      batches: [1, 10_000],
      rounds: 15,
      json: true,
    });
  });

  test("give the orders of exactly-once", () => {
    expect(parseArguments(["exactly-once"])).toMatchObject({ ordersFile: "examples/orders.csv", rounds: 21 });
    expect(parseArguments(["exactly-once", "--orders", "o.csv"])).toMatchObject({ ordersFile: "o.csv" });
  });

  test("ask for help without a bench", () => {
    expect(parseArguments(["--help"])).not.toHaveProperty("bench");
  });

  test.each([
    [[], "NAME is missing: has to be decode, cold-start, exactly-once, orders or order-latency"],
    [["encode"], "NAME encode: has to be decode, cold-start, exactly-once, orders or order-latency"],
    [["decode", "--rounds", "14"], "--rounds 14: has to be a whole number from 15 to 1000"],
    [["decode", "--batch", "0"], "--batch 0: has to be a whole number from 1 to 10000"],
    [["decode", "more"], "more does not go with decode"],
    [["orders", "--batch", "5"], "--batch does not go with orders"],
    [["decode", "--orders", "o.csv"], "--orders does not go with decode: has to be one of --json, --batch, --rounds"],
    [["exactly-once", "2"], "2 does not go with exactly-once"],
    [["decode", "--fast"], "--fast"],
  ])("%j are refused: %s", (args, message) => {
    const refused = () => parseArguments(args);
    expect(refused).toThrow(expect.objectContaining({ code: "INVALID_OPTIONS" }));
    expect(refused).toThrow(message);
  });
});
