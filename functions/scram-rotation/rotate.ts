import type { Context } from "aws-lambda";
import * as v from "valibot";
import { BackboneError } from "../../shared/errors.ts";
import type { Logger } from "../../shared/logging/index.ts";
import { awaitBrokers, type Brokers } from "./await-brokers.ts";
import { checkNewPassword, checkSameUser, credentialsOf, secretText } from "./credentials.ts";
import type { RotatedSecret } from "./rotated-secret.ts";

export interface ScramRotationOptions {
  readonly secretOf: (secretArn: string) => RotatedSecret;
  readonly brokers: Brokers;
  /** SCRAM addresses of brokers, at least one. */
  readonly bootstrap: readonly string[];
  /** Starts again, with the new password, what runs with the old one. @default nothing is started again */
  readonly restart?: (() => Promise<void>) | undefined;
  /** What has to be left of the invocation's time when the waiting ends, in ms. */
  readonly marginMs: number;
  readonly pause: (ms: number) => Promise<void>;
  readonly logger: Logger;
}

type Remaining = Pick<Context, "getRemainingTimeInMillis">;

/** One rotation: the version that it makes, named by its token, and the version that is current. */
interface Rotation {
  readonly secret: RotatedSecret;
  readonly version: string;
  readonly current: string;
  readonly context: Remaining;
}

const stepNames = ["createSecret", "setSecret", "testSecret", "finishSecret"] as const;

const eventSchema = v.object({
  Step: v.picklist(stepNames),
  SecretId: v.pipe(v.string(), v.nonEmpty()),
  ClientRequestToken: v.pipe(v.string(), v.nonEmpty()),
});

/**
 * The function that Secrets Manager calls to change a SCRAM user's password. The user name stays.
 *
 * - createSecret gives the pending version its password, unless it has one.
 * - setSecret has nothing to set: MSK itself reads the current version, and takes up to ten minutes.
 * - testSecret looks whether the pending version could be a successor. Logging in with it is not possible yet. Setting a
 *   schedule calls this step alone, with a version that is removed afterwards.
 * - finishSecret makes the pending version current, waits until every broker takes its password, and only then restarts
 *   what runs with the old one: tasks that cannot log in would never be seen.
 *
 * Each step may be repeated, after whatever has come of it: Secrets Manager calls all of them again when one fails. When
 * the label has moved, the first three do nothing and finishSecret goes on with the waiting. It restarts once more if it
 * is repeated after the restart. A rotation that a later one overtakes ends at its next look, and leaves the restart to
 * that one.
 *
 * @throws BackboneError INVALID_OPTIONS for an unknown step, a secret that is not enabled for rotation or has another
 *   shape, a version that is neither pending nor current; KAFKA_UNAVAILABLE (retriable) when the time is over before
 *   every broker takes the password
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
 * @see https://docs.aws.amazon.com/msk/latest/developerguide/msk-password-users.html
 */
export function createScramRotation(options: ScramRotationOptions) {
  const { secretOf, brokers, bootstrap, restart, marginMs, pause, logger } = options;

  const steps: Readonly<Record<(typeof stepNames)[number], (rotation: Rotation) => Promise<void>>> = {
    async createSecret({ secret, version, current }) {
      if (version === current || (await secret.read(version)) !== undefined) return;
      const { username } = credentialsOf(nameOf(current), await secret.read(current));
      const password = await secret.randomPassword();
      checkNewPassword(nameOf(version), password);
      await secret.put(version, secretText({ username, password }));
    },

    async setSecret() {},

    async testSecret({ secret, version, current }) {
      const text = await secret.read(version);
      // While a schedule is set, the version may be empty.
      if (version === current || text === undefined) return;
      const successor = credentialsOf(nameOf(version), text);
      checkSameUser(nameOf(version), successor, credentialsOf(nameOf(current), await secret.read(current)));
    },

    async finishSecret({ secret, version, current, context }) {
      const successor = credentialsOf(nameOf(version), await secret.read(version));
      if (version !== current) {
        checkNewPassword(nameOf(version), successor.password);
        checkSameUser(nameOf(version), successor, credentialsOf(nameOf(current), await secret.read(current)));
        await secret.makeCurrent(version, current);
        logger.info("the new password is current", { version });
      }
      await awaitBrokers({
        brokers,
        bootstrap,
        credentials: successor,
        remainingMs: () => context.getRemainingTimeInMillis() - marginMs,
        pause,
        checkStillWanted: async () => checkStaged(await secret.describe(), version, ["AWSCURRENT"]),
      });
      logger.info("every broker takes the new password", { version });
      await restart?.();
    },
  };

  return async (event: unknown, context: Remaining): Promise<void> => {
    const { Step: step, SecretId: secretArn, ClientRequestToken: version } = eventOf(event);
    const secret = secretOf(secretArn);
    const state = await secret.describe();
    if (!state.rotationEnabled) throw refusal(`the secret ${secretArn} is not enabled for rotation`);
    checkStaged(state, version, ["AWSPENDING", "AWSCURRENT"]);
    const [current] = [...state.labels].find(([, labels]) => labels.includes("AWSCURRENT")) ?? [];
    if (current === undefined) throw refusal(`the secret ${secretArn} has no version that is AWSCURRENT`);
    await steps[step]({ secret, version, current, context });
    logger.info("step done", { step, secretArn, version });
  };
}

function eventOf(event: unknown): v.InferOutput<typeof eventSchema> {
  const parsed = v.safeParse(eventSchema, event);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw refusal(`event of a rotation: ${v.getDotPath(issue) ?? "event"}: ${issue.message}`);
}

function checkStaged(
  { labels }: Awaited<ReturnType<RotatedSecret["describe"]>>,
  version: string,
  allowed: readonly string[],
): void {
  const found = labels.get(version) ?? [];
  if (allowed.some((label) => found.includes(label))) return;
  throw refusal(`${nameOf(version)}: must be staged ${allowed.join(" or ")}, got ${found.join(", ") || "no label"}`);
}

function nameOf(version: string): string {
  return `version ${version}`;
}

function refusal(message: string): BackboneError {
  return new BackboneError("INVALID_OPTIONS", message);
}
