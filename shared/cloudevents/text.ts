/**
 * Whether the text is a String of CloudEvents: free of control characters, of Unicode's noncharacters and of lone
 * surrogates.
 *
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md#type-system
 */
export function isAllowedText(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code >= 0x20 && code < 0x7f) continue;
    if (code < 0xa0) return false;
    if (code < 0xd800) continue;
    const point = text.codePointAt(index) ?? 0;
    if (isSurrogate(point) || isNoncharacter(point)) return false;
    if (point > 0xffff) index++;
  }
  return true;
}

function isSurrogate(point: number): boolean {
  return point >= 0xd800 && point <= 0xdfff;
}

/** U+FDD0…U+FDEF, and the last two code points of every plane. */
function isNoncharacter(point: number): boolean {
  return (point >= 0xfdd0 && point <= 0xfdef) || (point & 0xfffe) === 0xfffe;
}
