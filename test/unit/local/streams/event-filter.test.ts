import { describe, expect, it } from "vitest";
import { compileFilter } from "../../../../local/streams/event-filter.ts";

describe("compileFilter", () => {
  it.each<[string, unknown, boolean]>([
    ["the value", { items: { sku: "a", size: "L" } }, true],
    ["another value", { items: { sku: "a", size: "S" } }, false],
    ["a list with the value", { items: { sku: ["b", "a"], size: "L" } }, true],
    ["a list of objects, one of which matches", { items: [{ sku: "b" }, { sku: "a", size: "L" }] }, true],
    ["a list of objects that match only together", { items: [{ sku: "a" }, { size: "L" }] }, false],
    ["an empty list", { items: [] }, false],
    ["null", { items: null }, false],
  ])("of an event with %s", (_, event, matches) => {
    expect(compileFilter('{"items":{"sku":["a"],"size":["L"]}}')(event)).toBe(matches);
  });

  it.each([
    ["what is no JSON", '{"items":', /\{"items":: must be JSON/],
    ["a comparison", '{"items":[{"prefix":"a"}]}', /pattern\.items: must be an object, or a list/],
  ])("refuses %s", (_, pattern, message) => {
    expect(() => compileFilter(pattern)).toThrow(
      expect.objectContaining({ code: "TEMPLATE_UNSUPPORTED", message: expect.stringMatching(message) }),
    );
  });
});
