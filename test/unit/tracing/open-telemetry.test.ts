import { trace } from "@opentelemetry/api";
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import { afterEach, expect, test } from "vitest";
import { openTelemetry } from "../../../shared/tracing/index.ts";

// Where the API registers; it is left behind, empty, when what was registered is taken away.
const registrations = Symbol.for("opentelemetry.js.api.1");

afterEach(() => {
  trace.disable();
  Reflect.deleteProperty(globalThis, registrations);
});

test("without an SDK the API is not loaded", () => {
  expect(openTelemetry()).toBeUndefined();
});

test("what an SDK has registered is found by the API that is loaded", async () => {
  const provider = new BasicTracerProvider();
  trace.setGlobalTracerProvider(provider);
  const api = await openTelemetry();
  expect(api?.trace.getTracer("test").startSpan("span").isRecording()).toBe(true);
});
