const maxTextLength = 128;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
const controlCharacter = /[\u0000-\u001f\u007f-\u009f]/;

/** What the ids of an order, its customer and its SKUs must be, in words. */
export const orderTextRule = `must be a text of 1 to ${maxTextLength} characters, not blank, without control characters`;

/** Whether a text can be the id of an order, its customer or a SKU; its length is in UTF-16 units. */
export function isOrderText(text: string): boolean {
  return text.trim() !== "" && text.length <= maxTextLength && text.isWellFormed() && !controlCharacter.test(text);
}
