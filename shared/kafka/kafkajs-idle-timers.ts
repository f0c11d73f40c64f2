import RequestQueue from "kafkajs/src/network/requestQueue/index.js";

/**
 * Stops a timer of kafkajs 2.2.4 that runs for nothing.
 *
 * Each connection's queue plans a look at its waiting requests also when none waits and nothing throttles it; the delay
 * is then minus the present time, which Node takes as 1 ms and, from version 24 on, reports on stderr as
 * TimeoutNegativeWarning. With nothing waiting there is nothing to look at: `push` plans the look itself when it has to
 * queue a request.
 *
 * @see https://github.com/tulios/kafkajs/issues/1751
 */
export function stopIdleTimers(): void {
  const queue: RequestQueue & { [patched]?: true } = RequestQueue.prototype;
  if (queue[patched]) return;
  const schedule = queue.scheduleCheckPendingRequests;
  queue.scheduleCheckPendingRequests = function (this: RequestQueue) {
    if (this.pending.length > 0) schedule.call(this);
  };
  queue[patched] = true;
}

const patched = Symbol("no idle timers");
