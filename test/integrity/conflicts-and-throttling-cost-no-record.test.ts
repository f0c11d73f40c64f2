import { afterEach, beforeEach, expect, test } from "vitest";
import { startConsumer } from "./consumer/consumer.ts";
import { startFaultyDynamoDb } from "./faulty-dynamodb.ts";
import { randomNumbers } from "./random-numbers.ts";
import { audit, stockUp } from "./run/audit.ts";
import { deliver } from "./run/deliver.ts";
import { report } from "./run/figures.ts";
import { createTestParts, type TestParts } from "./run/parts.ts";
import { planRecords } from "./run/plan.ts";
import { seeds } from "./run/seeds.ts";

let parts: TestParts;

beforeEach(async () => {
  parts = await createTestParts();
});
afterEach(() => parts?.client.destroy());

test.each(seeds)(
  "conflicts, throttling and server errors of DynamoDB lose and double nothing, seed %i",
  async (seed) => {
    const random = randomNumbers(seed);
    const plan = planRecords({ random, events: 120, partitions: 4, keys: 12, skus: 4, poison: 4 });
    await stockUp(parts, plan);
    const faulty = await startFaultyDynamoDb({ dynamoDbPort: parts.dynamoDbPort, share: 0.2, random });
    // One attempt: were a fault counted as one, its record would be a dead letter.
    const start = () => startConsumer({ parts, dynamoDbPort: faulty.port, maxAttempts: 1 });
    const { counts } = await deliver({ plan, random, batchSize: 50, timeoutMs: 60_000, start });
    await faulty.close();

    const { records, lost, doubled, disordered, deadLetterCopies, findings } = await audit(parts, plan);
    report("conflicts and throttling", { seed, records, lost, doubled, disordered, ...faulty.faults() });
    expect({ lost, doubled, disordered, findings }).toEqual({ lost: 0, doubled: 0, disordered: 0, findings: [] });
    expect(counts).toMatchObject({ processed: plan.events.length, duplicate: 0, deadLettered: plan.poison.size });
    expect(deadLetterCopies).toBe(0);
    // Otherwise the run has shown nothing.
    const { TransactionConflict = 0, ThrottlingError = 0, ThrottlingException = 0 } = faulty.faults();
    expect(Math.min(TransactionConflict, ThrottlingError, ThrottlingException)).toBeGreaterThan(0);
  },
);
