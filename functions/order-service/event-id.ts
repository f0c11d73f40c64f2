import canonicalize from "canonicalize";
import { v5 as uuidV5 } from "uuid";

/** Namespace of the event ids of this service, drawn once at random (RFC 9562, section 6.6). It must never change. */
const namespace = "1e070c3c-44b1-4bd6-a7c8-6e41bd7089f6";

/**
 * The event id of an order: the UUIDv5 of its orderId and its body in canonical form (RFC 8785).
 *
 * The same body, however its JSON is spaced and its fields are ordered, has the same id, so that posting it again is
 * a repetition of the same event; another body under the same orderId has another.
 *
 * @param body the parsed body as it was sent, before defaults
 */
export function eventIdOf(orderId: string, body: unknown): string {
  return uuidV5(`${orderId}\n${canonicalize(body)}`, namespace);
}
