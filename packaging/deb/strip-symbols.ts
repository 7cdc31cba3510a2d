// What a debugger needs is a sixth of Node's binary. binutils strip only what is of their own processor; this works
// for each of ours. Source: System V ABI, ELF-64 object file format 1.5, figures 2 and 3.

const SECTION = { alloc: 0x2n, headerBytes: 64 } as const;

/**
 * Leaves out of an ELF program what is never loaded: symbols for debuggers, debug information, comments. What is
 * loaded keeps its place, and sections that describe it are kept for tools that look at it.
 * @param elf ELF64, little-endian, with its loaded sections before all others, as linkers write it
 * @throws when it is something else: it would not run
 */
export function stripSymbols(elf: Buffer): Buffer {
  if (elf.readUInt32BE(0) !== 0x7f454c46 || elf[4] !== 2 || elf[5] !== 1) throw new Error('not an ELF64 program');
  const table = Number(elf.readBigUInt64LE(0x28));
  const count = elf.readUInt16LE(0x3c);
  const headers = Array.from({ length: count }, (_, i) =>
    elf.subarray(table + i * SECTION.headerBytes).subarray(0, 64),
  );
  const names = headers[elf.readUInt16LE(0x3e)];
  const isLoaded = (header: Buffer) => (header.readBigUInt64LE(8) & SECTION.alloc) !== 0n;
  const loaded = headers.slice(1).filter(isLoaded);
  if (!names || loaded.length === 0 || !headers.slice(1, loaded.length + 1).every(isLoaded))
    throw new Error('an ELF program with its sections in another order');

  const end = Math.max(...loaded.map(endInFile), endOfSegments(elf));
  const nameBytes = elf.subarray(offsetOf(names), endInFile(names));
  const nameHeader = Buffer.from(names);
  nameHeader.writeBigUInt64LE(BigInt(end), 0x18);
  const newTable = Math.ceil((end + nameBytes.length) / 8) * 8;
  const padding = Buffer.alloc(newTable - end - nameBytes.length);
  const stripped = Buffer.concat([
    elf.subarray(0, end),
    nameBytes,
    padding,
    ...headers.slice(0, loaded.length + 1),
    nameHeader,
  ]);
  stripped.writeBigUInt64LE(BigInt(newTable), 0x28);
  stripped.writeUInt16LE(loaded.length + 2, 0x3c);
  stripped.writeUInt16LE(loaded.length + 1, 0x3e);
  return stripped;
}

function offsetOf(header: Buffer): number {
  return Number(header.readBigUInt64LE(0x18));
}

/** Where the bytes of a section end in the file; `.bss` (type 8) has none. */
function endInFile(header: Buffer): number {
  return header.readUInt32LE(4) === 8 ? 0 : offsetOf(header) + Number(header.readBigUInt64LE(0x20));
}

function endOfSegments(elf: Buffer): number {
  const table = Number(elf.readBigUInt64LE(0x20));
  const ends = Array.from({ length: elf.readUInt16LE(0x38) }, (_, i) => {
    const at = table + i * 56;
    return Number(elf.readBigUInt64LE(at + 8)) + Number(elf.readBigUInt64LE(at + 32));
  });
  return Math.max(...ends);
}
