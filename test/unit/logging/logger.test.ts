import { expect, test } from "vitest";
import { BackboneError } from "../../../shared/errors.ts";
import { createLogger, errorFields } from "../../../shared/logging/index.ts";

test("writes one JSON object a line", () => {
  const lines: string[] = [];
  const logger = createLogger({ service: "s", write: (line) => lines.push(line), now: () => new Date(0) });
  logger.warn("two\nlines", { eventId: "1", absent: undefined });
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? "")).toEqual({
    timestamp: "1970-01-01T00:00:00.000Z",
    level: "WARN",
    service: "s",
    message: "two\nlines",
    eventId: "1",
  });
  expect(lines[0]).not.toContain("\n");
});

test("describes an error by name, code and message, its cause by name and code alone", () => {
  const error = new BackboneError("KAFKA_UNAVAILABLE", "away", {
    cause: Object.assign(new TypeError("socket to 10.0.0.1"), { code: "ECONNRESET" }),
  });
  expect(errorFields(error)).toEqual({
    error: "BackboneError",
    code: "KAFKA_UNAVAILABLE",
    reason: "away",
    cause: "TypeError ECONNRESET",
  });
  expect(errorFields("text that may be a payload")).toEqual({ error: "string" });
});
