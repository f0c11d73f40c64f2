import { describe, expect, it } from "vitest";
import { readCommand, readCommandLine, wholeNumber } from "../../../../local/command-line/read-command-line.ts";

const options = {
  file: { type: "string", short: "f" },
  key: { type: "string" },
  target: { type: "string", multiple: true },
  json: { type: "boolean", default: false },
  help: { type: "boolean" },
} as const;

describe("readCommandLine", () => {
  const read = (...args: string[]) => readCommandLine(args, { options, words: true, mayBeBlank: ["key"] });

  it("gives values, words, and what was given", () => {
    const { values, positionals, given } = read("a", "-f", "x", "--target=b", "--target", "c", "--", "-d");
    expect({ ...values }).toEqual({ file: "x", target: ["b", "c"], json: false });
    expect(positionals).toEqual(["a", "-d"]);
    expect(given).toEqual(["file", "target"]);
  });

  it("takes a value that begins with a dash, or is a dash alone, or is empty where that means something", () => {
    expect(read("--file=-x").values.file).toBe("-x");
    expect(read("--file", "-").values.file).toBe("-");
    expect(read("--key", "").values.key).toBe("");
  });

  it.each([
    [["--flie=secret"], "--flie: has to be one of --file, --key, --target, --json, --help"],
    [["-x"], "-x: has to be one of --file"],
    [["--toString"], "--toString: has to be one of --file"],
    [["--file"], "--file: its value is missing"],
    [["-f"], "--file: its value is missing"],
    [["--file", "--json"], "--file: its value is missing; one that begins with a dash is written --file=-…"],
    [["--file", ""], '--file "": must not be blank'],
    [["-f", " \t"], '--file " \\t": must not be blank'],
    [["--json=yes"], "--json: takes no value, got yes"],
    [["--json="], '--json: takes no value, got ""'],
    [["--file", "a", "-f", "b"], "--file: may be given once, is there twice"],
    [["--json", "--json"], "--json: may be given once, is there twice"],
    [[""], '"": must not be blank'],
  ])("refuses %j", (args, message) => {
    expect(() => read(...args)).toThrow(expect.objectContaining({ code: "INVALID_OPTIONS" }));
    expect(() => read(...args)).toThrow(message);
  });

  it("repeats no value of an option that it does not know: it may be a secret", () => {
    expect(() => read("--pasword=letmein")).toThrow(/^(?!.*letmein)/);
  });

  it.each(["orders.csv", ""])("refuses the word '%s' where none is taken", (word) => {
    const expected = `${word || '""'}: has to be one of --file, --key, --target, --json, --help`;
    expect(() => readCommandLine([word], { options })).toThrow(expected);
  });
});

describe("readCommand", () => {
  const optionsOf = { plan: ["file", "target"], show: ["json"], drop: [] } as const;
  const read = (...args: string[]) => readCommand(args, { options, word: "COMMAND", optionsOf });

  it("gives the command and the words after it", () => {
    expect(read("--json", "show", "a", "b")).toMatchObject({ command: "show", words: ["a", "b"], given: ["json"] });
  });

  it("needs no command for help", () => {
    expect(read("--help").command).toBeUndefined();
  });

  it.each([
    [[], "COMMAND is missing: has to be plan, show or drop"],
    [["destroy"], "COMMAND destroy: has to be plan, show or drop"],
    [["constructor"], "COMMAND constructor: has to be plan, show or drop"],
    [["plan", "--json"], "--json does not go with plan: has to be one of --file, --target"],
  ])("refuses %j", (args, message) => {
    expect(() => read(...args)).toThrow(message);
  });
});

describe("wholeNumber", () => {
  it.each(["0", "6", "-1", "1.5", "1e0", "0x1", " 1", "many"])("refuses '%s' for 1 to 5", (text) => {
    expect(() => wholeNumber("--n", text, 1, 5)).toThrow(`--n ${text}: has to be a whole number from 1 to 5`);
  });

  it("takes both bounds", () => {
    expect([wholeNumber("--n", "1", 1, 5), wholeNumber("--n", "5", 1, 5)]).toEqual([1, 5]);
  });
});
