import { describe, expect, test } from "vitest";
import { isUri, isUriReference } from "../../../shared/cloudevents/uri.ts";

const uris = [
  "http://a",
  "https://user:pw@example.com:8080/a/b;c=1?d=e&f=%20#g/h?",
  "urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66",
  "mailto:cncf-wg-serverless@lists.cncf.io",
  "https://github.com/cloudevents/spec/pull#123",
  "http://[2001:db8::7]/c=GB?objectClass?one",
  "http://[v7.a:b]:80",
  "file:///etc/hosts",
  "a+b-1.c:",
  "http://example.com:",
];

const references = [
  "/cloudevents/spec/pull/123",
  "/sensors/tn-1234567/alerts",
  "1-555-123-4567",
  "?a=b",
  "#",
  "//host/a:b",
  "./a:b",
  "a/b:c",
  "%C3%A9",
];

const neither = [
  "",
  "a b",
  "é",
  "/a%2",
  "/a%zz",
  "1a:b",
  ":a",
  "a[b]",
  "/a#b#c",
  "http://a:b",
  "http://[::1",
  "http://[::g]",
  "http://[fe80::1%25eth0]",
  "http://[::1]a",
  "http://[v.a]",
  "http://[v1.]",
  "http://a@b@c",
  'a"b',
  "a<b>",
  "a\\b",
  "a^b",
  "a`b",
  "a{b}",
  "a|b",
  "a\u0000",
];

describe("a URI reference", () => {
  test.each([...uris, ...references])("%j is one", (text) => expect(isUriReference(text)).toBe(true));
  test.each(neither)("%j is none", (text) => expect(isUriReference(text)).toBe(false));
});

describe("a URI", () => {
  test.each(uris)("%j is one", (text) => expect(isUri(text)).toBe(true));
  test.each([...references, ...neither])("%j is none", (text) => expect(isUri(text)).toBe(false));
});
