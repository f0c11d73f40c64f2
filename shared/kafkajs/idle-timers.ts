/**
 * Stops a timer of kafkajs 2.2.4 that runs for nothing; calling it again changes nothing.
 *
 * Each connection's queue plans a look at its waiting requests also when none waits and nothing throttles it. The delay
 * is then minus the present time, which Node takes as 1 ms, over and over, and reports on stderr as
 * TimeoutNegativeWarning (Node 24). With nothing waiting there is nothing to look at: `push` plans the look itself when
 * it has to queue a request.
 *
 * @see https://github.com/tulios/kafkajs/issues/1751
 */
export async function stopIdleTimers(): Promise<void> {
  const { default: RequestQueue } = await import("kafkajs/src/network/requestQueue/index.js");
  const queue: InstanceType<typeof RequestQueue> & { [stopped]?: true } = RequestQueue.prototype;
  if (queue[stopped]) return;
  const schedule = queue.scheduleCheckPendingRequests;
  queue.scheduleCheckPendingRequests = function (this: typeof queue) {
    if (this.pending.length > 0) schedule.call(this);
  };
  queue[stopped] = true;
}

const stopped = Symbol("idle timers are stopped");
