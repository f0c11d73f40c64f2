export { stopIdleTimers } from "./idle-timers.ts";
export { createKafkajsClient } from "./kafkajs-client.ts";
export { saslOf } from "./sasl.ts";
