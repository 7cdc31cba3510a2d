/**
 * Reads the name that a USB device gives itself out of what udev keeps about it; untrusted. Undefined where udev knows none.
 * @param data a file of udev's database, such as `/run/udev/data/c189:4`: a property in each line that begins with `E:`
 */
export function usbNameIn(data: string): string | undefined {
  const name = /^E:ID_MODEL_ENC=(.*)$/m.exec(data)?.[1];
  // udev writes what is not a letter, a digit or one of #+-.:=@_ as \x and two digits, byte by byte, and UTF-8 as it is
  const text = name?.replace(/\\x([0-9a-f]{2})/gi, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
  return text?.trim() || undefined;
}
