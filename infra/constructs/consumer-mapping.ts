import type { ConsumerConfig } from "../config.ts";
import type { MappingSettings } from "./mapping-settings.ts";

/**
 * A stage's choice as settings of the mapping: with pollers of its own the function may name the records that come again,
 * on demand Lambda takes no such answer and the batch comes again whole.
 */
export function mappingOf({ batchSize, batchWindow, pollers }: ConsumerConfig): Omit<MappingSettings, "timeout"> {
  return { batchSize, batchWindow, ...(pollers === undefined ? {} : { pollers, partialBatchResponse: true }) };
}
