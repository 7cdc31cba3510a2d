import { err, ok, printable, type Result } from '@ewon-agent/contracts';

// Block 0: the name of a file and its size. The name was chosen by whoever sends it and may become a name here, so it loses
// its directories and everything that a file system, a shell or a terminal gives a meaning to.

/** A file as block 0 announces it. */
export type YmodemFile = {
  /** Printable ASCII without separators, at most 100 characters; never empty, never hidden. */
  readonly name: string;
  readonly sizeBytes: number;
  /** Seconds since 1970; undefined where the sender does not say it. */
  readonly modifiedSeconds?: number;
};

const NAME_MAX_CHARACTERS = 100;
const ODD_CHARACTERS = /[^A-Za-z0-9 ._+()@,=~-]/g;
/** A hidden file, an option of a program, and what Windows cannot name. */
const ODD_ENDS = /^[ .~-]+|[ .]+$/g;

/** Tells whether a block 0 ends the batch: its name is empty. */
export function endsBatch(data: Uint8Array): boolean {
  return (data[0] ?? 0) === 0;
}

/**
 * Reads block 0 of a file.
 * Codes: YMODEM_HEADER_BAD when nothing is left of the name, or the size is missing: without it the padding of the last block
 * would stay in the file, and a file that was cut off would be taken for whole.
 */
export function readYmodemHeader(data: Uint8Array): Result<YmodemFile> {
  const [rawName = '', fields = ''] = Buffer.from(data).toString('latin1').split('\0');
  const name = harmlessName(rawName);
  if (name === undefined) return err('YMODEM_HEADER_BAD', `its name is "${printable(rawName, 60)}"`);
  const match = /^ *(\d{1,15})(?: +([0-7]{1,12}))?(?: |$)/.exec(fields);
  if (!match) return err('YMODEM_HEADER_BAD', `${name}: its size is "${printable(fields, 60)}"`);
  const modifiedSeconds = Number.parseInt(match[2] ?? '0', 8);
  return ok({ name, sizeBytes: Number(match[1]), ...(modifiedSeconds > 0 ? { modifiedSeconds } : {}) });
}

/** Writes the content of block 0: name, size and time of change, as all receivers know them. */
export function ymodemHeader(file: YmodemFile): Uint8Array {
  const modified = Math.max(0, Math.trunc(file.modifiedSeconds ?? 0)).toString(8);
  return Buffer.from(`${file.name}\0${file.sizeBytes} ${modified}`, 'latin1');
}

/** Makes a name harmless, or answers undefined when nothing of it is left. */
export function harmlessName(raw: string): string | undefined {
  const last = raw.split(/[/\\:]/).at(-1) ?? '';
  const name = last.replace(ODD_CHARACTERS, '').replace(ODD_ENDS, '').slice(0, NAME_MAX_CHARACTERS).trimEnd();
  return name === '' ? undefined : name;
}
