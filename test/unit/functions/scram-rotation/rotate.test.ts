import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createWorld, firstSecret, secretArn, type World } from "./world.ts";

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

const secretOf = (password: string) => JSON.stringify({ username: "registry", password });
const currentVersion = () => world.secrets.labels.get("AWSCURRENT");

describe("a rotation", () => {
  test("changes the password, waits for every broker, and restarts the service once all of them take it", async () => {
    world.secrets.begin("second");
    await world.rotate("second");

    const changed = secretOf("made0".padEnd(32, "x"));
    expect(world.secrets.values.get("second")).toBe(changed);
    expect(currentVersion()).toBe("second");
    expect(world.secrets.labels.get("AWSPREVIOUS")).toBe("first");
    expect(world.restarts).toEqual([{ read: changed, known: [changed, changed, changed] }]);
  });

  test("asks also the brokers that the bootstrap list does not name, and none again that has taken the password", async () => {
    world.secrets.begin("second");
    await world.rotate("second");

    // b-1 learns it with the first pause and tells of b-3, b-2 with the second, b-3 with the third.
    expect(Object.fromEntries(world.logins)).toEqual({ "b-1:9096": 2, "b-2:9096": 3, "b-3:9096": 2 });
  });

  test("does not wait for a broker of the bootstrap list that is gone", async () => {
    world.brokers.delete("b-2:9096");
    world.secrets.begin("second");
    await world.rotate("second");

    expect(world.restarts).toHaveLength(1);
    expect(new Set(world.brokers.values())).toEqual(new Set([world.secrets.values.get("second")]));
  });

  test("moves no label before finishSecret", async () => {
    world.secrets.begin("second");
    for (const step of ["createSecret", "setSecret", "testSecret"]) await world.step(step, "second");

    expect(currentVersion()).toBe("first");
    expect(world.logins.size).toBe(0);
  });

  test("of a user whom no service of ours uses ends when every broker takes the password", async () => {
    const external = await createWorld({ restarts: false });
    external.secrets.begin("second");
    await external.rotate("second");

    expect(new Set(external.brokers.values())).toEqual(new Set([external.secrets.values.get("second")]));
    await external.close();
  });

  test("logs steps and versions, and no password", async () => {
    world.secrets.begin("second");
    await world.rotate("second");

    const logged = world.lines.join("\n");
    expect(logged).toContain('"step":"finishSecret"');
    expect(logged).not.toContain("oldold");
    expect(logged).not.toContain("made0");
  });
});

describe("time that runs out", () => {
  test("is a retriable error that names the brokers and moves nothing back; called again, it goes on", async () => {
    world.secrets.begin("second");
    world.remainingMs = 12_500;
    world.brokers.set("b-2:9096", "never");

    await expect(world.rotate("second")).rejects.toMatchObject({
      code: "KAFKA_UNAVAILABLE",
      retriable: true,
      message:
        "the new password is current, but not every broker takes it yet: b-2:9096 (login failed), b-3:9096 (not asked yet); " +
        "nothing was restarted, the step is to be called again",
    });
    expect(currentVersion()).toBe("second");
    expect(world.restarts).toEqual([]);

    world.remainingMs = 900_000;
    await world.rotate("second");
    expect(world.restarts).toHaveLength(1);
  });
});

describe("two rotations at once", () => {
  test("the one that is overtaken while it waits restarts nothing, the later one does", async () => {
    world.secrets.begin("second");
    world.onPause = async () => {
      world.onPause = async () => {};
      world.secrets.begin("third");
      await world.rotate("third");
    };

    await expect(world.rotate("second")).rejects.toMatchObject({
      code: "INVALID_OPTIONS",
      message: "version second: must be staged AWSCURRENT, got AWSPREVIOUS",
    });
    expect(currentVersion()).toBe("third");
    expect(world.restarts).toEqual([expect.objectContaining({ read: world.secrets.values.get("third") })]);
  });

  test("of two that make the same version, the password of the first stands", async () => {
    world.secrets.begin("second");
    world.onCall = (name, when) => {
      if (name !== "PutSecretValue" || when !== "before") return;
      world.secrets.values.set("second", secretOf("faster".padEnd(32, "x")));
    };
    await world.step("createSecret", "second");

    expect(world.secrets.values.get("second")).toBe(secretOf("faster".padEnd(32, "x")));
  });

  test("a label that another one has moved is not moved away from it", async () => {
    world.secrets.begin("second");
    await world.step("createSecret", "second");
    world.onCall = (name, when) => {
      if (name === "UpdateSecretVersionStage" && when === "before") world.secrets.labels.set("AWSCURRENT", "another");
    };

    await expect(world.step("finishSecret", "second")).rejects.toThrow("InvalidParameterException");
    expect(currentVersion()).toBe("another");
    expect(world.restarts).toEqual([]);
  });
});

describe("setting a schedule, which runs testSecret alone", () => {
  test.each([
    ["an empty version", undefined],
    ["a copy of the current one", firstSecret],
  ])("succeeds with %s and changes nothing", async (_, value) => {
    world.secrets.begin("probe");
    if (value !== undefined) world.secrets.values.set("probe", value);
    await world.step("testSecret", "probe");

    expect(currentVersion()).toBe("first");
    expect(world.restarts).toEqual([]);
  });

  test("fails if the function cannot read the secret", async () => {
    world.secrets.begin("probe");
    world.onCall = () => {
      throw new Error("cut");
    };
    await expect(world.step("testSecret", "probe")).rejects.toThrow();
  });
});

describe("what is refused", () => {
  const refusal = (message: string) => ({ code: "INVALID_OPTIONS", retriable: false, message });

  test("an unknown step", async () => {
    await expect(world.step("dropSecret", "second")).rejects.toMatchObject({
      code: "INVALID_OPTIONS",
      message: expect.stringMatching(/^event of a rotation: Step: .*"createSecret" \| .*received "dropSecret"/i),
    });
  });

  test("a secret that is not enabled for rotation", async () => {
    world.secrets.begin("second");
    world.secrets.rotationEnabled = false;

    await expect(world.rotate("second")).rejects.toMatchObject(
      refusal(`the secret ${secretArn} is not enabled for rotation`),
    );
  });

  test("a version without a label, and one that is only the previous", async () => {
    await expect(world.rotate("second")).rejects.toMatchObject(
      refusal("version second: must be staged AWSPENDING or AWSCURRENT, got no label"),
    );
    world.secrets.labels.set("AWSPREVIOUS", "second");
    await expect(world.rotate("second")).rejects.toMatchObject(
      refusal("version second: must be staged AWSPENDING or AWSCURRENT, got AWSPREVIOUS"),
    );
  });

  test("a secret without a current version", async () => {
    world.secrets.begin("second");
    world.secrets.labels.delete("AWSCURRENT");

    await expect(world.rotate("second")).rejects.toMatchObject(
      refusal(`the secret ${secretArn} has no version that is AWSCURRENT`),
    );
  });

  test.each([
    ["no JSON", "hunter2hunter2"],
    ["no object", '"hunter2hunter2"'],
    ["no password", '{"username":"hunter2hunter2"}'],
    ["an empty user name", '{"username":"","password":"hunter2hunter2"}'],
    ["one thing more", '{"username":"registry","password":"hunter2hunter2","host":"h"}'],
  ])("a current version with %s, of which the error tells nothing", async (_, value) => {
    world.secrets.values.set("first", value);
    world.secrets.begin("second");

    await expect(world.rotate("second")).rejects.toMatchObject(
      refusal("version first: must be JSON of a username and a password and nothing else, got another shape"),
    );
    expect(world.secrets.values.has("second")).toBe(false);
  });

  test.each([
    ["another user", JSON.stringify({ username: "other", password: "x".repeat(32) }), "its username must be that"],
    ["another shape", "hunter2", "must be JSON"],
  ])("a pending version with %s, before it is current", async (_, value, message) => {
    world.secrets.begin("second");
    world.secrets.values.set("second", value);

    for (const step of ["testSecret", "finishSecret"])
      await expect(world.step(step, "second")).rejects.toThrow(message);
    expect(currentVersion()).toBe("first");
  });

  test("a password with punctuation, made or put by hand", async () => {
    world.secrets.passwords.push('";admin="true'.padEnd(32, "x"));
    world.secrets.begin("second");
    const message = "version second: its password must be 32 letters and digits, got one that is not";
    await expect(world.step("createSecret", "second")).rejects.toMatchObject(refusal(message));

    world.secrets.values.set("second", secretOf('";admin="true'.padEnd(32, "x")));
    await expect(world.step("finishSecret", "second")).rejects.toMatchObject(refusal(message));
    expect(currentVersion()).toBe("first");
  });

  test("finishing what has no password", async () => {
    world.secrets.begin("second");

    await expect(world.step("finishSecret", "second")).rejects.toMatchObject(
      refusal("version second: must be JSON of a username and a password and nothing else, got no value"),
    );
  });
});
