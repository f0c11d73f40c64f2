import { expect, test } from "vitest";
import { createWorld, type World } from "./world.ts";

/** Lets the function die at its n-th call to what is outside of it, before the call or after it took effect. */
function killAt(world: World, n: number, moment: "before" | "after"): void {
  let calls = 0;
  let dead = false;
  world.onCall = (_, when) => {
    // Who is dead calls nothing more, also where the code would go on after a failure.
    if (!dead && (when !== moment || ++calls !== n)) return;
    dead = true;
    throw new Error("killed");
  };
}

function revive(world: World): void {
  world.onCall = () => {};
}

/** The calls of one undisturbed rotation, in their order. */
async function callsOfRotation(): Promise<string[]> {
  const world = await createWorld();
  const calls: string[] = [];
  world.onCall = (name, when) => void (when === "before" && calls.push(name));
  world.secrets.begin("second");
  await world.rotate("second");
  await world.close();
  return calls;
}

const calls = await callsOfRotation();

test("a rotation calls what the crash points below are made of", () => {
  expect(new Set(calls)).toEqual(
    new Set([
      "DescribeSecret",
      "GetSecretValue",
      "GetRandomPassword",
      "PutSecretValue",
      "UpdateSecretVersionStage",
      "LogIn",
      "ListBrokers",
      "UpdateService",
    ]),
  );
});

test.each(
  calls.flatMap((name, index) =>
    (["before", "after"] as const).map((moment) => ({ name, n: index + 1, moment }) as const),
  ),
)("killed $moment call $n, $name, and begun again, it ends with one password that all know", async ({ n, moment }) => {
  const world = await createWorld();
  world.secrets.begin("second");
  killAt(world, n, moment);
  await expect(world.rotate("second")).rejects.toThrow();
  revive(world);
  const madeBefore = world.secrets.values.get("second");
  const restartedBefore = world.restarts.length;

  await world.rotate("second");

  const value = world.secrets.values.get("second");
  expect(value).toMatch(/^{"username":"registry","password":"made\dx{27}"}$/);
  // A password that was made stays the one: a broker or a task may have it already.
  if (madeBefore !== undefined) expect(value).toBe(madeBefore);
  expect(world.secrets.labels.get("AWSCURRENT")).toBe("second");
  expect(world.secrets.labels.get("AWSPREVIOUS")).toBe("first");
  expect(new Set(world.brokers.values())).toEqual(new Set([value]));
  // One more where the first had come through; never before all brokers take what the tasks will read.
  expect(world.restarts).toHaveLength(restartedBefore + 1);
  for (const { read, known } of world.restarts) expect(known).toEqual([read, read, read]);
  await world.close();
});

test("a rotation after one that was never finished leaves the password of the later one", async () => {
  const world = await createWorld();
  world.secrets.begin("second");
  killAt(world, calls.indexOf("UpdateSecretVersionStage") + 1, "after");
  await expect(world.rotate("second")).rejects.toThrow();
  revive(world);
  expect(world.secrets.labels.get("AWSCURRENT")).toBe("second");

  world.secrets.begin("third");
  await world.rotate("third");

  expect(world.secrets.labels.get("AWSCURRENT")).toBe("third");
  expect(world.restarts).toEqual([expect.objectContaining({ read: world.secrets.values.get("third") })]);
  await world.close();
});

test("a rotation that is repeated after its end restarts once more and changes nothing else", async () => {
  const world = await createWorld();
  world.secrets.begin("second");
  await world.rotate("second");
  const values = new Map(world.secrets.values);
  const labels = new Map(world.secrets.labels);

  await world.rotate("second");

  expect(world.secrets.values).toEqual(values);
  expect(world.secrets.labels).toEqual(labels);
  expect(world.restarts).toHaveLength(2);
  await world.close();
});
