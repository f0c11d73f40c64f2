/** Kafka's own topics, like `__consumer_offsets`, and MSK's, like `__amazon_msk_canary`, begin with this. */
export const internalPrefix = "__";
