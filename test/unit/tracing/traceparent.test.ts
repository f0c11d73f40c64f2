import { type Context, type ContextManager, context, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { afterEach, expect, test } from "vitest";
import { formatTraceparent, outgoingTraceparent, parseTraceparent } from "../../../shared/tracing/index.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const spanId = "b7ad6b7169203331";
const valid = `00-${traceId}-${spanId}-01`;

afterEach(() => context.disable());

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

test("hands a valid incoming traceparent on as it came", () => {
  expect(outgoingTraceparent(valid)).toBe(valid);
});

test("starts a new sampled trace without a valid incoming one", () => {
  const [first, second] = [outgoingTraceparent(), outgoingTraceparent("garbage")];
  expect(parseTraceparent(first)).toMatchObject({ traceFlags: 1 });
  expect(parseTraceparent(second)).toBeDefined();
  expect(first).not.toBe(second);
});

test("the active span goes before the incoming traceparent", () => {
  const active = trace.setSpanContext(ROOT_CONTEXT, { traceId: "1".repeat(32), spanId: "2".repeat(16), traceFlags: 0 });
  context.setGlobalContextManager(alwaysActive(active));
  expect(outgoingTraceparent(valid)).toBe(`00-${"1".repeat(32)}-${"2".repeat(16)}-00`);
});

function alwaysActive(active: Context): ContextManager {
  const manager: ContextManager = {
    active: () => active,
    with: (_, run, self, ...args) => run.call(self, ...args),
    bind: (_, target) => target,
    enable: () => manager,
    disable: () => manager,
  };
  return manager;
}
