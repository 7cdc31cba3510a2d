// An Ewon writes Windows-1252; what we write stays within Latin-1, where a character is a byte.

/** The bytes of a text; a character beyond Latin-1 becomes a question mark. */
export function latin1Bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 256 ? code : 63;
  });
}

/** The text of bytes. */
export function latin1Text(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 4096) text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return text;
}
