import { placeText } from "../../shared/dead-letter/index.ts";
import type { Entry, Summary } from "./selection.ts";
import type { Shown } from "./show-text.ts";

/** What programs get of an entry of the list. No payload. */
export function entryJson({ letter, spots, done }: Entry): object {
  return { ...summaryJson(letter), doubles: spots.length - 1, ...(done === undefined ? {} : { done }) };
}

/** What programs get of one dead letter. Bytes are base64. */
export function shownJson({ letter, event, history }: Shown): object {
  return {
    ...summaryJson(letter),
    errorStack: letter.errorStack,
    traceparent: letter.traceparent,
    event,
    value: letter.source.value?.toString("base64") ?? null,
    headers: letter.source.headers.map(([name, value]) => ({ name, value: value.toString("base64") })),
    history: history.map(({ letter: one, actions }) => ({ ...summaryJson(one), actions })),
  };
}

function summaryJson({ source, place, storedAtMs, identity, ...letter }: Summary) {
  const { consumerGroup, errorCode, errorMessage, attempts, redriveCount, failedAt, first, obstacle } = letter;
  return {
    id: placeText(place),
    topic: source.topic,
    partition: source.partition,
    offset: source.offset,
    key: source.key?.toString("base64") ?? null,
    consumerGroup,
    errorCode,
    errorMessage,
    attempts,
    redriveCount,
    failedAt,
    storedAt: new Date(storedAtMs).toISOString(),
    first,
    eventSource: identity?.source,
    eventId: identity?.id,
    obstacle,
  };
}
