import { expect, test } from "vitest";
import { attemptPatiently } from "../../../../functions/kafka-acls/patience.ts";

/** A clock on which an attempt takes a second and a pause two, and what was told of failures. */
function patience(patienceMs: number) {
  const failures: string[] = [];
  let nowMs = 0;
  return {
    failures,
    takeSecond: () => {
      nowMs += 1_000;
    },
    options: {
      patienceMs,
      now: () => nowMs,
      pause: async () => {
        nowMs += 2_000;
      },
      failed: (error: unknown) => void failures.push(error instanceof Error ? error.message : String(error)),
    },
  };
}

test("what succeeds is attempted once", async () => {
  const { options, failures } = patience(5_000);
  let attempts = 0;

  await attemptPatiently(options, async () => {
    attempts += 1;
  });

  expect(attempts).toBe(1);
  expect(failures).toEqual([]);
});

test("what fails is attempted again, and each failure is told", async () => {
  const { options, failures, takeSecond } = patience(60_000);
  let attempts = 0;

  await attemptPatiently(options, async () => {
    takeSecond();
    attempts += 1;
    if (attempts < 3) throw new Error(`denied ${attempts}`);
  });

  expect(attempts).toBe(3);
  expect(failures).toEqual(["denied 1", "denied 2"]);
});

test("when the patience is over, the last failure is thrown and there is no other attempt", async () => {
  const { options, failures, takeSecond } = patience(5_000);

  const attempted = attemptPatiently(options, async () => {
    takeSecond();
    throw new Error(`denied ${failures.length + 1}`);
  });

  // They end after 1, 4 and 7 s: the one that began within 5 s is let finish.
  await expect(attempted).rejects.toMatchObject({
    code: "KAFKA_UNAVAILABLE",
    message: "the ACLs could not be applied: denied 3",
  });
  expect(failures).toEqual(["denied 1", "denied 2", "denied 3"]);
});
