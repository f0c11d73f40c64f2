import { MemoryStore } from "../../shared/testing/index.ts";
import { describeIdempotencyStore } from "./idempotency-store.ts";

describeIdempotencyStore("in memory", async () => ({ store: new MemoryStore(), table: "items" }));
