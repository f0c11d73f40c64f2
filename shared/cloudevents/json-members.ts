/** Where the value of a member stands in the bytes: from `start` up to `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;
const comma = 0x2c;
const objectStart = 0x7b;
const objectEnd = 0x7d;
const arrayStart = 0x5b;
const arrayEnd = 0x5d;

/**
 * The members of a JSON object by name, as the bytes that they stand in. JSON.parse gives their values, from which the
 * letters cannot be had back: the digits of a long number, the order of keys that are numbers.
 *
 * @param json UTF-8 that JSON.parse has taken for an object
 * @returns undefined if a name appears twice: readers differ on which of the two counts
 */
export function membersOf(json: Buffer): Map<string, Span> | undefined {
  const members = new Map<string, Span>();
  let index = spaceEnd(json, spaceEnd(json, 0) + 1);
  while (json[index] === quote) {
    const nameEnd = stringEnd(json, index);
    const name: string = JSON.parse(json.toString("utf8", index, nameEnd));
    if (members.has(name)) return undefined;
    const start = spaceEnd(json, json.indexOf(colon, nameEnd) + 1);
    const end = valueEnd(json, start);
    members.set(name, { start, end });
    const next = spaceEnd(json, end);
    index = json[next] === comma ? spaceEnd(json, next + 1) : json.length;
  }
  return members;
}

function valueEnd(json: Buffer, start: number): number {
  switch (json[start]) {
    case quote:
      return stringEnd(json, start);
    case objectStart:
    case arrayStart:
      return nestedEnd(json, start);
    default:
      return literalEnd(json, start);
  }
}

/** The end of an object or array: brackets pair up, but for those in texts. */
function nestedEnd(json: Buffer, start: number): number {
  let depth = 0;
  for (let index = start; index < json.length; index++) {
    const byte = json[index];
    if (byte === quote) index = stringEnd(json, index) - 1;
    else if (byte === objectStart || byte === arrayStart) depth++;
    else if ((byte === objectEnd || byte === arrayEnd) && --depth === 0) return index + 1;
  }
  return json.length;
}

/** The end of a number, true, false or null. */
function literalEnd(json: Buffer, start: number): number {
  let index = start;
  while (index < json.length && json[index] !== comma && json[index] !== objectEnd && !isSpace(json[index])) index++;
  return index;
}

function stringEnd(json: Buffer, start: number): number {
  let index = start + 1;
  while (index < json.length && json[index] !== quote) index += json[index] === backslash ? 2 : 1;
  return index + 1;
}

function spaceEnd(json: Buffer, start: number): number {
  let index = start;
  while (isSpace(json[index])) index++;
  return index;
}

/** The four characters that JSON takes for space. */
export function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
