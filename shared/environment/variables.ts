import * as v from "valibot";

/** A variable that must be there and not be empty. */
export function text() {
  const message = "must be a non-empty text";
  return v.pipe(v.string(message), v.nonEmpty(message));
}

/** A variable that holds a whole number in decimal digits, `min` to `max`, both included. */
export function wholeNumber(min: number, max: number = Number.MAX_SAFE_INTEGER) {
  const message = `must be a whole number from ${min} to ${max}`;
  return v.pipe(
    v.string(message),
    v.regex(/^\d{1,16}$/, message),
    v.transform(Number),
    v.minValue(min, message),
    v.maxValue(max, message),
  );
}

/** A variable that holds an http(s) URL without credentials; trailing slashes are cut. */
export function httpUrl() {
  const message = "must be an http or https URL without credentials";
  return v.pipe(
    v.string(message),
    v.check((value) => {
      const url = URL.parse(value);
      return url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
    }, message),
    v.transform((value) => value.replace(/\/+$/, "")),
  );
}

/** A variable that holds brokers as `host:port,host:port`, at least one; it leaves as a list. */
export function brokerList() {
  const message = 'must be brokers as "host:port,host:port"';
  return v.pipe(
    v.string(message),
    v.transform((value) => value.split(",").map((broker) => broker.trim())),
    v.check((brokers) => brokers.every((broker) => /^[^\s:]+:\d{1,5}$/.test(broker)), message),
  );
}
