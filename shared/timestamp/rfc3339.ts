// Date and time separated by T, seconds with an optional fraction, and a zone: RFC 3339, section 5.6.
const pattern = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:Z|[+-](\d\d):(\d\d))$/i;

/**
 * Whether the text is an RFC 3339 date-time with a zone whose calendar day and time of day exist; second 60 is
 * accepted, since leap seconds are.
 *
 * @see https://www.rfc-editor.org/rfc/rfc3339#section-5.6
 */
export function isRfc3339(text: string): boolean {
  const parts = pattern.exec(text);
  if (parts === null) return false;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, zoneHour = 0, zoneMinute = 0] = parts
    .slice(1)
    .map((part) => Number(part ?? 0));
  return (
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= daysOf(year, month) &&
    hour <= 23 &&
    minute <= 59 &&
    second <= 60 &&
    zoneHour <= 23 &&
    zoneMinute <= 59
  );
}

/**
 * The instant of an RFC 3339 date-time in epoch milliseconds, finer fractions cut; undefined if the text is none.
 * A leap second is counted as the first instant of the next minute, as POSIX time does.
 */
export function epochMsOf(text: string): number | undefined {
  if (!isRfc3339(text)) return undefined;
  const upper = text.toUpperCase();
  if (upper.slice(17, 19) !== "60") return Date.parse(upper);
  return Date.parse(`${upper.slice(0, 17)}59${upper.slice(19)}`) + 1000;
}

function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
