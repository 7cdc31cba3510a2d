// What stands on the line of a YMODEM transfer: blocks with a number and a check, and single bytes between them.
// Source: Chuck Forsberg, XMODEM/YMODEM Protocol Reference, 10-14-88, chapters 4 to 7.

export const SOH = 0x01;
export const STX = 0x02;
export const EOT = 0x04;
export const ACK = 0x06;
export const BS = 0x08;
export const NAK = 0x15;
export const CAN = 0x18;
/** Asks for blocks with a CRC: the letter C. */
export const WANT_CRC = 0x43;
/** Fills the last block: Ctrl-Z, the end of a text file in CP/M. */
const PADDING = 0x1a;

/** Cancels, and takes back what a shell may have echoed of it, as lrzsz does. Two CAN would do; more survive a lost byte. */
export const CANCEL_BYTES: Uint8Array = Uint8Array.from([...Array<number>(8).fill(CAN), ...Array<number>(8).fill(BS)]);

/** How a block is checked; `either` is a receiver that asked for both and takes what comes. */
export type YmodemCheck = 'crc' | 'sum' | 'either';

/** What is first in the bytes that were heard. */
export type HeardFirst =
  | {
      readonly is: 'block';
      readonly number: number;
      readonly data: Uint8Array;
      readonly check: 'crc' | 'sum';
      readonly length: number;
    }
  | { readonly is: 'eot' }
  | { readonly is: 'cancel' }
  /** Not the beginning of anything, or a block that was damaged. */
  | { readonly is: 'damage' }
  /** It may become something with more bytes. */
  | { readonly is: 'part' };

/**
 * Writes a block.
 * @param number counted from 0; its last 8 bits are sent
 * @param data at most 1024 bytes; it is padded to 128 or 1024
 */
export function ymodemBlock(number: number, data: Uint8Array, check: 'crc' | 'sum', padding = PADDING): Uint8Array {
  const size = data.length > 128 ? 1024 : 128;
  const block = new Uint8Array(3 + size + (check === 'crc' ? 2 : 1)).fill(padding, 3, 3 + size);
  block.set([size === 128 ? SOH : STX, number & 0xff, ~number & 0xff]);
  block.set(data, 3);
  const padded = block.subarray(3, 3 + size);
  if (check === 'sum') block[3 + size] = sum8(padded);
  else new DataView(block.buffer).setUint16(3 + size, crc16(padded));
  return block;
}

/** Reads what is first in `heard`, which is not empty. */
export function firstHeard(heard: Uint8Array, check: YmodemCheck): HeardFirst {
  const [first, number, complement] = heard;
  if (first === EOT) return { is: 'eot' };
  if (first === CAN) return heard.length === 1 ? { is: 'part' } : { is: number === CAN ? 'cancel' : 'damage' };
  if (first !== SOH && first !== STX) return { is: 'damage' };
  if (number === undefined || complement === undefined) return { is: 'part' };
  if (number + complement !== 0xff) return { is: 'damage' };
  const size = first === SOH ? 128 : 1024;
  const length = 3 + size + (check === 'sum' ? 1 : 2);
  if (heard.length < length) return { is: 'part' };
  return checkedBlock(heard, size, check === 'sum' ? 'sum' : 'crc') ?? { is: 'damage' };
}

/**
 * Reads what was heard when nothing more came for a while: a block with a checksum is one byte shorter than one with a CRC, so
 * a receiver that takes either knows it by the silence alone.
 */
export function heardInAll(heard: Uint8Array, check: YmodemCheck): HeardFirst {
  const size = heard[0] === STX ? 1024 : 128;
  if (check !== 'either' || heard.length !== 3 + size + 1) return { is: 'damage' };
  return checkedBlock(heard, size, 'sum') ?? { is: 'damage' };
}

/** Tells whether the last that was heard cancels: two CAN, and after them nothing but the backspaces that take them back. */
export function endsInCancel(heard: Uint8Array): boolean {
  const last = heard.findLastIndex((byte) => byte !== BS);
  return last > 0 && heard[last] === CAN && heard[last - 1] === CAN;
}

function checkedBlock(heard: Uint8Array, size: number, check: 'crc' | 'sum'): HeardFirst | undefined {
  const data = heard.slice(3, 3 + size);
  const [high = 0, low = 0] = heard.subarray(3 + size);
  const isRight = check === 'sum' ? sum8(data) === high : crc16(data) === high * 256 + low;
  return isRight
    ? { is: 'block', number: heard[1] ?? 0, data, check, length: 3 + size + (check === 'sum' ? 1 : 2) }
    : undefined;
}

function sum8(bytes: Uint8Array): number {
  let sum = 0;
  for (const byte of bytes) sum = (sum + byte) & 0xff;
  return sum;
}

/** CRC-16 of XMODEM: polynomial 0x1021, begun with 0, of no bytes 0. */
export function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
  }
  return crc;
}
