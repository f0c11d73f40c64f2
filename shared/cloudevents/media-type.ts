/** Characters of a token, by their code: https://www.rfc-editor.org/rfc/rfc2045#section-5.1 */
const token = new Uint8Array(128).fill(1, 0x21, 0x7f);
for (const special of '()<>@,;:\\"/[]?=') token[special.charCodeAt(0)] = 0;

/**
 * Whether the text is a media type: type "/" subtype, and parameters each after a semicolon, which spaces may surround.
 *
 * @see https://www.rfc-editor.org/rfc/rfc2045#section-5.1
 */
export function isMediaType(text: string): boolean {
  const slash = tokenEnd(text, 0);
  const subtypeEnd = tokenEnd(text, slash + 1);
  if (slash === 0 || text[slash] !== "/" || subtypeEnd === slash + 1) return false;
  let index = spacesEnd(text, subtypeEnd);
  while (index < text.length) {
    if (text[index] !== ";") return false;
    const nameStart = spacesEnd(text, index + 1);
    const nameEnd = tokenEnd(text, nameStart);
    const valueEnd = text[nameEnd + 1] === '"' ? quotedEnd(text, nameEnd + 1) : tokenEnd(text, nameEnd + 1);
    if (nameEnd === nameStart || text[nameEnd] !== "=" || valueEnd <= nameEnd + 1) return false;
    index = spacesEnd(text, valueEnd);
  }
  return true;
}

/** Type and subtype without parameters, in lower case. */
export function essenceOf(mediaType: string): string {
  const semicolon = mediaType.indexOf(";");
  return (semicolon < 0 ? mediaType : mediaType.slice(0, semicolon)).trim().toLowerCase();
}

/** Whether data of that type are JSON: the subtype is `json` or ends in `+json`. Without a type they are. */
export function isJson(mediaType: string | undefined): boolean {
  if (mediaType === undefined) return true;
  const essence = essenceOf(mediaType);
  return essence.endsWith("/json") || essence.endsWith("+json");
}

/**
 * Whether data of the one type may be called the other: both are JSON, or neither is and the subtype of what the data are
 * is in what they are called, as `avro` is in `application/vnd.apache.avro+binary` and `avro/binary`.
 */
export function mayBeCalled(mediaType: string, name: string): boolean {
  if (isJson(mediaType) || isJson(name)) return isJson(mediaType) && isJson(name);
  const essence = essenceOf(mediaType);
  return essenceOf(name).includes(essence.slice(essence.indexOf("/") + 1));
}

function tokenEnd(text: string, start: number): number {
  let index = start;
  while (token[text.charCodeAt(index)] === 1) index++;
  return index;
}

function spacesEnd(text: string, start: number): number {
  let index = start;
  while (text[index] === " ") index++;
  return index;
}

/** The index after the closing quote; that of the opening one if nothing closes it. */
function quotedEnd(text: string, open: number): number {
  for (let index = open + 1; index < text.length; index++) {
    if (text[index] === "\\") index++;
    else if (text[index] === '"') return index + 1;
  }
  return open;
}
