import type { CloudEventV1 } from "cloudevents";
import type { RecordHeaders } from "../msk-event/index.ts";
import { isForeign } from "./foreign-headers.ts";
import { malformed } from "./malformed.ts";
import { type AttributeValue, outgoingAttributes } from "./outgoing-attributes.ts";
import { type OutgoingData, outgoingData } from "./outgoing-data.ts";

/** What either content mode writes of an event. */
export interface OutgoingEvent {
  readonly attributes: Map<string, AttributeValue>;
  readonly data: OutgoingData;
}

/** @throws BackboneError MALFORMED_EVENT that names all that is wrong with the event, or with headers to stand beside it */
export function outgoingEvent(event: CloudEventV1<unknown>, foreignHeaders: RecordHeaders): OutgoingEvent {
  const problems: string[] = [];
  const attributes = outgoingAttributes(event, problems);
  const data = outgoingData(event, problems);
  for (const [name] of foreignHeaders) {
    // No reader would take the record: the event's attributes would be there twice, or contradict each other.
    if (!isForeign(name)) problems.push(`header ${name} is of the event, not a foreign one`);
  }
  if (problems.length > 0) throw malformed("not a CloudEvent", problems);
  return { attributes, data };
}
