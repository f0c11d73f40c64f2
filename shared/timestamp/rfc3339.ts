const zero = 0x30;
const nine = 0x39;
const notDigits = -1;
/** "2026-01-31T12:00:00": what follows is a fraction and the zone. */
const secondsEnd = 19;

/**
 * Whether the text is an RFC 3339 date-time: date and time separated by T, seconds with an optional fraction, a zone, and
 * a calendar day and time of day that exist; second 60 is accepted, since leap seconds are.
 *
 * @see https://www.rfc-editor.org/rfc/rfc3339#section-5.6
 */
export function isRfc3339(text: string): boolean {
  if (text[4] !== "-" || text[7] !== "-" || text[13] !== ":" || text[16] !== ":") return false;
  if (text[10] !== "T" && text[10] !== "t") return false;
  const month = digitsAt(text, 5, 2);
  return (
    month >= 1 &&
    month <= 12 &&
    isWithin(text, 8, 1, daysOf(digitsAt(text, 0, 4), month)) &&
    isWithin(text, 11, 0, 23) &&
    isWithin(text, 14, 0, 59) &&
    isWithin(text, 17, 0, 60) &&
    isZone(text, fractionEnd(text))
  );
}

/**
 * The instant of an RFC 3339 date-time in epoch milliseconds, finer fractions cut; undefined if the text is none.
 * A leap second is counted as the first instant of the next minute, as POSIX time does.
 */
export function epochMsOf(text: string): number | undefined {
  if (!isRfc3339(text)) return undefined;
  const upper = text.toUpperCase();
  if (upper.slice(17, secondsEnd) !== "60") return Date.parse(upper);
  return Date.parse(`${upper.slice(0, 17)}59${upper.slice(secondsEnd)}`) + 1000;
}

/** Where the zone begins; -1 for a point that no digit follows. */
function fractionEnd(text: string): number {
  if (text[secondsEnd] !== ".") return secondsEnd;
  let index = secondsEnd + 1;
  while (isDigit(text.charCodeAt(index))) index++;
  return index === secondsEnd + 1 ? -1 : index;
}

function isZone(text: string, start: number): boolean {
  const sign = text[start];
  if (sign === "Z" || sign === "z") return text.length === start + 1;
  if ((sign !== "+" && sign !== "-") || text.length !== start + 6 || text[start + 3] !== ":") return false;
  return isWithin(text, start + 1, 0, 23) && isWithin(text, start + 4, 0, 59);
}

function isWithin(text: string, start: number, min: number, max: number): boolean {
  const value = digitsAt(text, start, 2);
  return value >= min && value <= max;
}

function digitsAt(text: string, start: number, count: number): number {
  let value = 0;
  for (let index = start; index < start + count; index++) {
    const code = text.charCodeAt(index);
    if (!isDigit(code)) return notDigits;
    value = value * 10 + code - zero;
  }
  return value;
}

function isDigit(code: number): boolean {
  return code >= zero && code <= nine;
}

/** 0 for a year that is none. */
function daysOf(year: number, month: number): number {
  if (year === notDigits) return 0;
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
