import { expect, test } from "vitest";
import { formatTraceparent, parseTraceparent } from "../../../shared/tracing/index.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const spanId = "b7ad6b7169203331";
const valid = `00-${traceId}-${spanId}-01`;

test("reads a traceparent and writes it again", () => {
  const parsed = parseTraceparent(valid);
  expect(parsed).toEqual({ traceId, spanId, traceFlags: 1, isRemote: true });
  expect(parsed && formatTraceparent(parsed)).toBe(valid);
});

test("reads a later version as far as version 00 goes", () => {
  expect(parseTraceparent(`cc-${traceId}-${spanId}-00-more`)).toMatchObject({ traceId, spanId, traceFlags: 0 });
});

test.each([
  "",
  "garbage",
  `ff-${traceId}-${spanId}-01`,
  `00-${traceId}-${spanId}-01-more`,
  `00-${"0".repeat(32)}-${spanId}-01`,
  `00-${traceId}-${"0".repeat(16)}-01`,
  `00-${traceId.toUpperCase()}-${spanId}-01`,
])("takes %j as absent", (text) => {
  expect(parseTraceparent(text)).toBeUndefined();
});
