import { err, ok, type Result } from '@ewon-agent/contracts';

// The part of NBD that QEMU needs of a server: fixed newstyle handshake with NBD_OPT_GO, simple replies.
// Source: the NBD protocol, github.com/NetworkBlockDevice/nbd, doc/proto.md.

const OPTION_MAGIC = 0x49484156454f5054n; // "IHAVEOPT"
const OPTION_REPLY_MAGIC = 0x3e889045565a9n;
const REQUEST_MAGIC = 0x25609513;
const REPLY_MAGIC = 0x67446698;
const OPTION_GO = 7;
const REPLY = { ack: 1, info: 3, unsupported: 0x80000001, unknown: 0x80000006 } as const;
const COMMANDS = ['read', 'write', 'disconnect', 'flush'] as const;
const FLAGS = { present: 1, readOnly: 2, flush: 4 } as const;
/** What the protocol promises to be enough for names and what comes with them. */
const OPTION_MAX_BYTES = 8192;
/** QEMU asks for at most so much at once. */
export const NBD_REQUEST_MAX_BYTES = 32 * 1024 * 1024;

export const NBD_ERRORS = { none: 0, io: 5 } as const;

export type NbdRequest = {
  readonly command: (typeof COMMANDS)[number];
  readonly handle: bigint;
  readonly offsetBytes: number;
  readonly lengthBytes: number;
  /** What shall be written. */
  readonly data: Uint8Array;
};

/** Something that was read from the front of what has come, and how long it was. Undefined: it has not come whole. */
export type Taken<T> = { readonly value: T; readonly bytes: number } | undefined;

/** What a server says first. */
export function greeting(): Uint8Array {
  const bytes = Buffer.alloc(18);
  bytes.write('NBDMAGICIHAVEOPT', 'latin1');
  bytes.writeUInt16BE(0b11, 16); // fixed newstyle, no zeroes
  return bytes;
}

/** The client's answer to the greeting is so long; nothing in it matters to us. */
export const CLIENT_FLAGS_BYTES = 4;

/** Reads one option of the handshake. Codes: BAD_REQUEST (not NBD). */
export function takeOption(come: Buffer): Result<Taken<{ readonly option: number; readonly name: string }>> {
  if (come.length < 16) return ok(undefined);
  const length = come.readUInt32BE(12);
  if (come.readBigUInt64BE(0) !== OPTION_MAGIC || length > OPTION_MAX_BYTES) {
    return err('BAD_REQUEST', 'no option of NBD');
  }
  if (come.length < 16 + length) return ok(undefined);
  const option = come.readUInt32BE(8);
  const data = come.subarray(16, 16 + length);
  const name = option === OPTION_GO && length >= 4 ? data.toString('utf8', 4, 4 + data.readUInt32BE(0)) : '';
  return ok({ value: { option, name }, bytes: 16 + length });
}

/** Answers an option. @returns the bytes, and whether requests follow */
export function answerOption(
  option: number,
  medium: { readonly sizeBytes: number; readonly readOnly: boolean } | undefined,
): { readonly bytes: Uint8Array; readonly opens: boolean } {
  if (option !== OPTION_GO) return { bytes: optionReply(option, REPLY.unsupported), opens: false };
  if (!medium) return { bytes: optionReply(option, REPLY.unknown), opens: false };
  const info = Buffer.alloc(12); // NBD_INFO_EXPORT, which is 0
  info.writeBigUInt64BE(BigInt(medium.sizeBytes), 2);
  info.writeUInt16BE(FLAGS.present | FLAGS.flush | (medium.readOnly ? FLAGS.readOnly : 0), 10);
  return { bytes: Buffer.concat([optionReply(option, REPLY.info, info), optionReply(option, REPLY.ack)]), opens: true };
}

/** Reads one request. Codes: BAD_REQUEST (not NBD, or more than was agreed). */
export function takeRequest(come: Buffer): Result<Taken<NbdRequest>> {
  if (come.length < 28) return ok(undefined);
  const command = COMMANDS[come.readUInt16BE(6)];
  const lengthBytes = come.readUInt32BE(24);
  if (come.readUInt32BE(0) !== REQUEST_MAGIC || !command || lengthBytes > NBD_REQUEST_MAX_BYTES) {
    return err('BAD_REQUEST', 'no request of NBD');
  }
  const bytes = 28 + (command === 'write' ? lengthBytes : 0);
  if (come.length < bytes) return ok(undefined);
  const [handle, offset] = [come.readBigUInt64BE(8), come.readBigUInt64BE(16)];
  const data = come.subarray(28, bytes);
  return ok({ value: { command, handle, offsetBytes: Number(offset), lengthBytes, data }, bytes });
}

/** Answers a request; `data` is what was read. */
export function answerRequest(handle: bigint, error: number, data: Uint8Array = new Uint8Array()): Uint8Array {
  const head = Buffer.alloc(16);
  head.writeUInt32BE(REPLY_MAGIC, 0);
  head.writeUInt32BE(error, 4);
  head.writeBigUInt64BE(handle, 8);
  return Buffer.concat([head, data]);
}

function optionReply(option: number, type: number, data: Uint8Array = new Uint8Array()): Uint8Array {
  const head = Buffer.alloc(20);
  head.writeBigUInt64BE(OPTION_REPLY_MAGIC, 0);
  head.writeUInt32BE(option, 8);
  head.writeUInt32BE(type, 12);
  head.writeUInt32BE(data.length, 16);
  return Buffer.concat([head, data]);
}
