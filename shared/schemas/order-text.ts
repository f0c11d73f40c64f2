const maxTextLength = 128;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
const controlCharacter = /[\u0000-\u001f\u007f-\u009f]/;

/** What the ids of a customer and of SKUs must be, in words. */
export const orderTextRule = `must be a text of 1 to ${maxTextLength} characters, not blank, without control characters`;

/** Whether a text can be the id of a customer or a SKU; its length is in UTF-16 units. */
export function isOrderText(text: string): boolean {
  return text.trim() !== "" && text.length <= maxTextLength && text.isWellFormed() && !controlCharacter.test(text);
}

/** What the id of an order must be, in words. */
export const orderIdRule = `${orderTextRule}, without / \\ ? # %, not . or ..`;

/**
 * Whether a text can be the id of an order: a text as above that can be a segment of a path. API Gateway's HTTP APIs
 * decode a path before they route it, so that an encoded `/` parts it, an encoded `?` ends it, and a `%` is decoded
 * again; clients resolve `.` and `..`, and take `\` for `/`.
 */
export function isOrderId(text: string): boolean {
  return isOrderText(text) && !/[/\\?#%]/.test(text) && text !== "." && text !== "..";
}
