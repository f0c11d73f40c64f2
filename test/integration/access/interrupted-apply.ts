import { writeFileSync } from "node:fs";
import type { Admin } from "kafkajs";
import { describe, expect, it } from "vitest";
import { parseAccess } from "../../../shared/access/index.ts";
import { applyPlan, desiredStateOf, planOf, readCluster } from "../../../shared/access-plan/index.ts";
import { access, admin, file, planFile, seen, shop } from "./cluster.ts";

describe("an apply that was interrupted", () => {
  /** Fails from the n-th change on, like a connection that is gone. */
  function failingAfter(changes: number): Admin {
    let left = changes;
    return new Proxy(admin, {
      get(target, name, receiver) {
        const member = Reflect.get(target, name, receiver);
        if (typeof member !== "function" || !/^(create|alter|delete)/.test(String(name))) return member;
        return (...args: unknown[]) => {
          left -= 1;
          if (left < 0) throw new Error("the connection is gone");
          return member.apply(target, args);
        };
      },
    });
  }

  it.each([1, 2, 3])("after %i changes is completed by running it again, with the plan file too", async (changes) => {
    writeFileSync(file, shop);
    expect(await access("plan", "-o", planFile)).toMatchObject({ code: 0 });
    const actual = await readCluster(admin);
    const plan = planOf({ desired: desiredStateOf(parseAccess(shop, file)), actual });
    const attempt = applyPlan(failingAfter(changes), plan, actual, () => {});
    await expect(attempt).rejects.toMatchObject({ code: "KAFKA_UNAVAILABLE" });
    await seen(({ topics }) => expect(topics).toHaveLength(changes));
    const { code, err } = await access("apply", "-p", planFile);
    expect(code, err).toBe(0);
    expect(await access("drift")).toMatchObject({ code: 0 });
  });
});
