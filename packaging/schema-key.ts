/** A short name for a schema in place of its whole text, which an idle agent would hold in memory: two hashes of 32 bits (FNV-1a, and from its end). */
export function schemaKey(schema: unknown): string {
  const text = JSON.stringify(schema);
  let [first, second] = [0x811c9dc5, 0x811c9dc5];
  for (let i = 0, j = text.length - 1; j >= 0; i++, j--) {
    first = Math.imul(first ^ text.charCodeAt(i), 0x01000193);
    second = Math.imul(second ^ text.charCodeAt(j), 0x01000193);
  }
  return `${(first >>> 0).toString(36)}.${(second >>> 0).toString(36)}`;
}
