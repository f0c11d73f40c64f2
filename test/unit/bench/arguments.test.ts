import { describe, expect, it } from "vitest";
import { parseArguments } from "../../../bench/arguments.ts";

describe("parseArguments", () => {
  it("measures exactly-once with the example's orders unless it is told others", () => {
    expect(parseArguments(["exactly-once"])).toEqual({
      bench: "exactly-once",
      json: false,
      batches: [1000, 100],
      rounds: 21,
      ordersFile: "examples/orders.csv",
      seconds: 30,
    });
  });

  it("reads an exactly-once run", () => {
    const parsed = parseArguments(["exactly-once", "--json", "--orders", "o.csv", "--rounds", "15"]);
    expect(parsed).toMatchObject({ bench: "exactly-once", json: true, ordersFile: "o.csv", rounds: 15 });
  });

  it("takes further sizes after --batch", () => {
    expect(parseArguments(["decode", "--batch", "500", "50"])).toMatchObject({ batches: [500, 50] });
  });

  it.each([
    [["exactly-twice"], /NAME exactly-twice: has to be decode or cold-start or exactly-once or orders/],
    [[], /NAME is missing/],
    [["exactly-once", "--rounds", "14"], /--rounds 14: has to be a whole number from 15 to 1000/],
    [["exactly-once", "--batch", "100"], /--batch does not go with exactly-once/],
    [["exactly-once", "2"], /2 does not go with exactly-once/],
    [["exactly-once", "--latency", "2"], /--latency/],
  ])("refuses %j", (args, message) => {
    expect(() => parseArguments(args)).toThrow(message);
  });

  it("asks for no bench when help is asked for", () => {
    expect(parseArguments(["--help"]).bench).toBeUndefined();
  });
});
