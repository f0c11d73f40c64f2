/**
 * Whether two texts are one value to Kafka, which gives a setting back as it parsed it: numbers in their shortest form,
 * booleans in lower case, lists without the blanks. The order of a list means nothing in any topic setting.
 */
export function sameConfigValue(one: string, other: string): boolean {
  return canonical(one) === canonical(other);
}

function canonical(value: string): string {
  const text = value.trim();
  // Integers go up to 2^63 - 1, which a double cannot tell from its neighbours.
  if (/^[+-]?\d+$/.test(text)) return String(BigInt(text.replace("+", "")));
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return String(Number(text));
  if (/^(true|false)$/i.test(text)) return text.toLowerCase();
  return text
    .split(",")
    .map((item) => item.trim())
    .sort()
    .join(",");
}
