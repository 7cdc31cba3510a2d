/**
 * Writes a JSON text in pure ASCII with the same meaning: its characters are bytes, and nothing in it can play with a terminal.
 * @param json as JSON.stringify writes it
 */
export function asciiJson(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
