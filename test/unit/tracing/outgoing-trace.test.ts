import { context, createTraceState, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { outgoingTrace, parseTraceparent } from "../../../shared/tracing/index.ts";

const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const active = { traceId: "1".repeat(32), spanId: "2".repeat(16), traceFlags: 0 };
const activeTraceparent = `00-${"1".repeat(32)}-${"2".repeat(16)}-00`;

beforeEach(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
});
afterEach(() => context.disable());

describe("outgoingTrace", () => {
  test("hands a valid incoming trace on as it came", async () => {
    const incoming = { traceparent, tracestate: "vendor=1,other=2" };
    expect(await outgoingTrace(incoming)).toEqual(incoming);
  });

  test.each([
    ["a control character", "\u0001"],
    ["an endless tail", "x".repeat(9_000)],
  ])("writes a trace of a later version as version 00, without what it does not know: %s", async (_, tail) => {
    const later = `01${traceparent.slice(2, -2)}05-${tail}`;
    expect(await outgoingTrace({ traceparent: later })).toEqual({ traceparent });
  });

  test("takes the first incoming trace that is valid", async () => {
    expect(await outgoingTrace({ traceparent: "garbage", tracestate: "vendor=1" }, { traceparent })).toEqual({
      traceparent,
    });
  });

  test("keeps of a tracestate the members that are valid, and none without a traceparent", async () => {
    expect(await outgoingTrace({ traceparent, tracestate: "vendor=1,not a member" })).toMatchObject({
      tracestate: "vendor=1",
    });
    expect(await outgoingTrace({ traceparent, tracestate: "not a member" })).toEqual({ traceparent });
    expect(await outgoingTrace({ tracestate: "vendor=1" })).not.toHaveProperty("tracestate");
  });

  test("starts a new sampled trace without a valid incoming one", async () => {
    const [first, second] = [await outgoingTrace(), await outgoingTrace({ traceparent: "garbage" })];
    expect(parseTraceparent(first.traceparent)).toMatchObject({ traceFlags: 1 });
    expect(parseTraceparent(second.traceparent)).toBeDefined();
    expect(first.traceparent).not.toBe(second.traceparent);
  });

  test("the active span goes before the incoming trace, with its own tracestate", async () => {
    const spanContext = { ...active, traceState: createTraceState("vendor=3") };
    await context.with(trace.setSpanContext(ROOT_CONTEXT, spanContext), async () => {
      expect(await outgoingTrace({ traceparent, tracestate: "vendor=1" })).toEqual({
        traceparent: activeTraceparent,
        tracestate: "vendor=3",
      });
    });
  });

  test("an active span without a tracestate has none, whatever came in", async () => {
    await context.with(trace.setSpanContext(ROOT_CONTEXT, active), async () => {
      expect(await outgoingTrace({ traceparent, tracestate: "vendor=1" })).toEqual({ traceparent: activeTraceparent });
    });
  });
});
