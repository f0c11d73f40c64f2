import { headerOf, type SourceRecord } from "../msk-event/index.ts";
import { isStructured } from "./content-mode.ts";
import { attributePrefix, contentTypeHeader } from "./header-attributes.ts";

/**
 * The source and id that a record claims for its event, whether or not the event is right; undefined if it names none.
 * An event that cannot be read now may have taken effect when an earlier version of the service read it.
 */
export function claimedIdentity(record: SourceRecord): { readonly source: string; readonly id: string } | undefined {
  const contentType = headerOf(record, contentTypeHeader)?.toString("utf8");
  const claims = contentType !== undefined && isStructured(contentType) ? inValue(record) : inHeaders(record);
  const { source, id } = claims;
  return typeof source === "string" && typeof id === "string" && source !== "" && id !== ""
    ? { source, id }
    : undefined;
}

type Claims = { readonly source?: unknown; readonly id?: unknown };

function inHeaders(record: SourceRecord): Claims {
  const text = (name: string) => headerOf(record, attributePrefix + name)?.toString("utf8");
  return { source: text("source"), id: text("id") };
}

function inValue({ value }: SourceRecord): Claims {
  try {
    const envelope: unknown = JSON.parse(value?.toString("utf8") ?? "null");
    return typeof envelope === "object" && envelope !== null ? envelope : {};
  } catch {
    return {};
  }
}
