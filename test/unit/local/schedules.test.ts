import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { InvocationResult } from "../../../local/lambda/messages.ts";
import { startSchedules } from "../../../local/schedules.ts";
import { createResolver } from "../../../local/template/resolve.ts";
import { assemblyOf, stackOf } from "../../fixtures/templates.ts";
import { fakeFunction } from "./fake-function.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function start(
  properties: Record<string, unknown>,
  answer: InvocationResult = { ok: true, payload: null },
  type = "AWS::Events::Rule",
) {
  const events: unknown[] = [];
  const said: string[] = [];
  const rule = { ScheduleExpression: "rate(2 minutes)", Targets: [{ Arn: "relay", Id: "Target0" }], ...properties };
  const assembly = assemblyOf(stackOf("services", { Sweep: { Type: type, Properties: rule } }));
  const target = fakeFunction((event) => {
    events.push(event);
    return answer;
  });
  const schedules = startSchedules({
    assembly,
    resolve: createResolver(assembly, new Map()),
    functions: { get: () => target, running: () => [target], stop: async () => {} },
    say: (line) => said.push(line),
  });
  return { events, said, schedules };
}

test("a rule's function is invoked at its rate, until it is stopped", async () => {
  vi.setSystemTime("2026-01-01T00:00:00.500Z");
  const { events, schedules } = start({});

  await vi.advanceTimersByTimeAsync(4 * 60_000 + 1);
  schedules.stop();
  await vi.advanceTimersByTimeAsync(10 * 60_000);

  expect(events).toMatchObject([
    { source: "aws.events", "detail-type": "Scheduled Event", time: "2026-01-01T00:02:00Z", detail: {} },
    { time: "2026-01-01T00:04:00Z" },
  ]);
});

test("an invocation that fails is told of", async () => {
  const { said, schedules } = start({}, { ok: false, error: { errorType: "Error", errorMessage: "away" } });

  await vi.advanceTimersByTimeAsync(2 * 60_000);
  schedules.stop();

  expect(said).toEqual(["schedule Sweep: Error: away"]);
});

test("a disabled rule does nothing", async () => {
  const { events } = start({ State: "DISABLED" });

  await vi.advanceTimersByTimeAsync(10 * 60_000);

  expect(events).toEqual([]);
});

test.each([
  ["a cron expression", { ScheduleExpression: "cron(0 * * * ? *)" }, "AWS::Events::Rule", /must be a rate/],
  ["no time at all", { ScheduleExpression: "rate(0 minutes)" }, "AWS::Events::Rule", /from 1 minute to 24 days/],
  [
    "what a timer cannot wait",
    { ScheduleExpression: "rate(30 days)" },
    "AWS::Events::Rule",
    /from 1 minute to 24 days/,
  ],
  ["an event pattern", { EventPattern: { source: ["aws.ec2"] } }, "AWS::Events::Rule", /EventPattern/],
  ["an input", { Targets: [{ Arn: "relay", Id: "Target0", Input: "{}" }] }, "AWS::Events::Rule", /Input/],
  ["EventBridge Scheduler", {}, "AWS::Scheduler::Schedule", /use a rule/],
])("%s is refused", (_name, properties, type, message) => {
  expect(() => start(properties, undefined, type)).toThrow(message);
});
