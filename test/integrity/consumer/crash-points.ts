import type { IdempotencyStore } from "../../../shared/idempotency/index.ts";
import type { Producer } from "../../../shared/kafka/index.ts";
import type { Decide } from "../../../shared/processing/index.ts";
import type { Crash, CrashPoint } from "./messages.ts";

/** The points around one kind of call. */
interface Around {
  readonly before: CrashPoint;
  readonly unanswered: CrashPoint;
  readonly after: CrashPoint;
}

const aroundCommit: Around = {
  before: "between decision and commit",
  unanswered: "commit sent, its answer not read",
  after: "after the commit, before the response",
};
const aroundDeadLetter: Around = {
  before: "before the dead letter is sent",
  unanswered: "dead letter sent, its acknowledgement not read",
  after: "after the dead letter, before the response",
};

const never = () => new Promise<never>(() => {});

/**
 * Wraps what is injected into a consumer, so that its process dies at one point. The consumer itself knows nothing of it.
 *
 * @param loseAnswers has the answers of a part lost, and this process killed once one is
 */
export function crashingAt(crash: Crash | undefined, loseAnswers: (of: "dynamodb" | "broker") => Promise<void>) {
  /** Whatever may be asking a part something. */
  const inFlight = new Set<Promise<unknown>>();
  let calls = 0;
  let isDying = false;

  const isReached = (point: CrashPoint) => crash?.at === point && ++calls === crash.call;

  async function passed(point: CrashPoint): Promise<void> {
    if (!isReached(point)) return;
    process.kill(process.pid, "SIGKILL");
    await never();
  }

  /** Starts nothing more once the process is dying. */
  async function tracked<T>(call: () => T | Promise<T>): Promise<T> {
    if (isDying) return never();
    const running = Promise.resolve(call());
    inFlight.add(running);
    return running.finally(() => inFlight.delete(running));
  }

  async function around<T>(
    points: Around,
    part: "dynamodb" | "broker",
    call: () => Promise<T>,
    isDone: (result: T) => boolean,
  ): Promise<T> {
    if (isDying) return never();
    await passed(points.before);
    if (isReached(points.unanswered)) {
      isDying = true;
      // Nothing else is under way then, and the answer that is lost is the one to this call.
      await Promise.allSettled(inFlight);
      await loseAnswers(part);
      await call();
      return never();
    }
    const result = await tracked(call);
    if (isDone(result)) await passed(points.after);
    return result;
  }

  return {
    decide<T>(decide: Decide<T>): Decide<T> {
      return async (event, record) => {
        await passed("before the decision");
        return tracked(() => decide(event, record));
      };
    },
    store(store: IdempotencyStore): IdempotencyStore {
      const transact: IdempotencyStore["transact"] = (...call) =>
        around(
          aroundCommit,
          "dynamodb",
          () => store.transact(...call),
          ({ status }) => status === "committed",
        );
      return {
        claimItem: (claim) => store.claimItem(claim),
        unclaimedItem: (key) => store.unclaimedItem(key),
        leaseItem: (lease) => store.leaseItem(lease),
        releaseItem: (lease) => store.releaseItem(lease),
        failuresOf: (...call) => tracked(() => store.failuresOf(...call)),
        writeFailures: (...call) => tracked(() => store.writeFailures(...call)),
        isClaimed: (...call) => tracked(() => store.isClaimed(...call)),
        transact,
      };
    },
    producer(producer: Producer): Pick<Producer, "send"> {
      return {
        send: (...call) =>
          around(
            aroundDeadLetter,
            "broker",
            () => producer.send(...call),
            () => true,
          ),
      };
    },
    response: () => passed("after all commits, before the response"),
  };
}
