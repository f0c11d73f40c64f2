import type * as OpenTelemetry from "@opentelemetry/api";

/** Where all copies of its API of major version 1 meet: there once an SDK has registered itself. */
const registrations = Symbol.for("opentelemetry.js.api.1");

/**
 * OpenTelemetry's API, if anything is registered with it; otherwise there is no active span and nothing is recorded, and
 * a function without an SDK does not load it: it takes a cold start 1 ms.
 */
export function openTelemetry(): Promise<typeof OpenTelemetry> | undefined {
  return registrations in globalThis ? import("@opentelemetry/api") : undefined;
}
