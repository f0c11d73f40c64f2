// The characters of each part by their code, as RFC 3986 names them. A "%" begins a percent-encoded byte.
const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const digits = "0123456789";
const unreservedAndSubDelims = `${letters}${digits}-._~!$&'()*+,;=`;
const schemeStart = tableOf(letters);
const scheme = tableOf(`${letters}${digits}+-.`);
const userInfo = tableOf(`${unreservedAndSubDelims}%:`);
const registeredName = tableOf(`${unreservedAndSubDelims}%`);
const futureAddress = tableOf(`${unreservedAndSubDelims}:`);
const port = tableOf(digits);
const path = tableOf(`${unreservedAndSubDelims}%:@/`);
const queryOrFragment = tableOf(`${unreservedAndSubDelims}%:@/?`);
const hexDigit = tableOf(`${digits}abcdefABCDEF`);
const ipV6Address = tableOf(`${digits}abcdefABCDEF:.`);
const percent = 0x25;

/**
 * Whether the text is a non-empty URI reference: ASCII, what is beyond it percent-encoded.
 *
 * @see https://www.rfc-editor.org/rfc/rfc3986#section-4.1
 */
export function isUriReference(text: string): boolean {
  if (text === "") return false;
  const colon = schemeEnd(text);
  // The first segment of a relative reference has no colon, so that before a colon is a scheme.
  if (colon >= 0 && !isScheme(text, colon)) return false;
  const start = colon + 1;
  const fragmentMark = indexOr(text, "#", start, text.length);
  const queryMark = Math.min(indexOr(text, "?", start, fragmentMark), fragmentMark);
  const pathStart = text.startsWith("//", start) ? indexOr(text, "/", start + 2, queryMark) : start;
  return (
    (pathStart === start || isAuthority(text.slice(start + 2, pathStart))) &&
    isOf(path, text, pathStart, queryMark) &&
    isOf(queryOrFragment, text, queryMark + 1, fragmentMark) &&
    isOf(queryOrFragment, text, fragmentMark + 1, text.length)
  );
}

/**
 * Whether the text is a URI: a reference with a scheme. A fragment is allowed, though CloudEvents names RFC 3986's
 * absolute-URI, which has none: its JSON Schema allows one, and schemas are referred to with one.
 *
 * @see https://www.rfc-editor.org/rfc/rfc3986#section-3
 */
export function isUri(text: string): boolean {
  return schemeEnd(text) > 0 && isUriReference(text);
}

/** The index of the first colon that stands before any of "/?#"; -1 if there is none. */
function schemeEnd(text: string): number {
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (character === ":") return index;
    if (character === "/" || character === "?" || character === "#") return -1;
  }
  return -1;
}

function isScheme(text: string, end: number): boolean {
  return end > 0 && isOf(schemeStart, text, 0, 1) && isOf(scheme, text, 1, end);
}

function isAuthority(authority: string): boolean {
  const at = authority.indexOf("@");
  const host = authority.slice(at + 1);
  const nameEnd = host.startsWith("[") ? host.indexOf("]") + 1 : indexOr(host, ":", 0, host.length);
  const isHost = host.startsWith("[")
    ? isIpLiteral(host.slice(1, nameEnd - 1))
    : isOf(registeredName, host, 0, nameEnd);
  const isPort = nameEnd === host.length || (host[nameEnd] === ":" && isOf(port, host, nameEnd + 1, host.length));
  return isHost && isPort && isOf(userInfo, authority, 0, at);
}

/** What stands between the brackets of a host. */
function isIpLiteral(literal: string): boolean {
  if (literal[0] !== "v" && literal[0] !== "V") return isIpV6(literal);
  const point = literal.indexOf(".");
  return (
    point > 1 &&
    point < literal.length - 1 &&
    isOf(hexDigit, literal, 1, point) &&
    isOf(futureAddress, literal, point + 1, literal.length)
  );
}

/** By the parser of URLs: to import isIPv6 from node:net takes a cold start 0.6 ms. */
function isIpV6(literal: string): boolean {
  return isOf(ipV6Address, literal, 0, literal.length) && URL.canParse(`http://[${literal}]`);
}

function isOf(table: Uint8Array, text: string, start: number, end: number): boolean {
  for (let index = start; index < end; index++) {
    const code = text.charCodeAt(index);
    if (table[code] !== 1) return false;
    if (code === percent && !(index + 2 < end && isOf(hexDigit, text, index + 1, index + 3))) return false;
  }
  return true;
}

function indexOr(text: string, character: string, start: number, otherwise: number): number {
  const index = text.indexOf(character, start);
  return index < 0 || index > otherwise ? otherwise : index;
}

function tableOf(characters: string): Uint8Array {
  const table = new Uint8Array(128);
  for (const character of characters) table[character.charCodeAt(0)] = 1;
  return table;
}
