import { describe, expect, it } from "vitest";
import { parseArguments } from "../../../local/arguments.ts";

describe("parseArguments", () => {
  it("serves with defaults when nothing is given", () => {
    expect(parseArguments([])).toEqual({
      help: false,
      ordersFile: undefined,
      exit: false,
      json: false,
      repeat: 1,
      stage: "prod",
      dataFolder: undefined,
      freePorts: false,
    });
  });

  it("reads an orders run", () => {
    const parsed = parseArguments(["--orders", "o.csv", "--exit", "--json", "--repeat", "3"]);
    expect(parsed).toMatchObject({ ordersFile: "o.csv", exit: true, json: true, repeat: 3 });
  });

  it.each([
    [["--order", "o.csv"], /--order/],
    [["--orders", "o.csv", "--repeat", "0"], /--repeat 0: has to be a whole number from 1/],
    [["--orders", "o.csv", "--repeat", "many"], /--repeat many/],
    [["--json"], /--json goes with --orders/],
    [["--repeat=2"], /--repeat goes with --orders/],
    [["orders.csv"], /^orders\.csv: has to be one of --orders, --exit/],
    [["--data", "package.json"], /--data package\.json: has to be a folder/],
  ])("refuses %j", (args, message) => {
    expect(() => parseArguments(args)).toThrow(message);
  });
});
