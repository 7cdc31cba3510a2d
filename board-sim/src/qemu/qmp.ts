import type { Duplex } from 'node:stream';
import { jsonReader } from '@ewon-agent/contracts';
import { readLines } from '../process/lines.ts';

/** Something that QEMU tells by itself, such as WATCHDOG or DEVICE_DELETED. */
export type QmpEvent = { readonly event: string; readonly data?: Readonly<Record<string, unknown>> };

export type Qmp = {
  /** Runs one command of QEMU; rejects with what QEMU says against it, or when QEMU ends first. @returns its answer, unread */
  execute(command: string, args?: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** The next event that matches; rejects when QEMU ends first. */
  next(match: (event: QmpEvent) => boolean): Promise<QmpEvent>;
};

type Message = {
  readonly id?: number;
  readonly return?: unknown;
  readonly error?: { readonly desc: string };
  readonly event?: string;
  readonly data?: Readonly<Record<string, unknown>>;
};
type Waiting<T = unknown> = { resolve(answer: T): void; reject(error: Error): void };

/** Larger than any answer to a command we send. */
const LINE_MAX_CHARACTERS = 1024 * 1024;

const readMessage = jsonReader<Message>({
  type: 'object',
  properties: {
    id: { type: 'integer' },
    error: { type: 'object', properties: { desc: { type: 'string' } }, required: ['desc'] },
    event: { type: 'string' },
    data: { type: 'object' },
  },
});

/**
 * Speaks QMP over a stream that QEMU has at its other end, and greets it. Source: QEMU docs/interop/qmp-spec.
 * @param tell is told every event
 */
export async function connectQmp(stream: Duplex, tell: (event: QmpEvent) => void): Promise<Qmp> {
  const waiting = new Map<number, Waiting>();
  const expected = new Set<Waiting<QmpEvent> & { match(event: QmpEvent): boolean }>();
  let asked = 0;
  let over = false;

  const happened = (event: QmpEvent): void => {
    tell(event);
    for (const who of [...expected].filter(({ match }) => match(event))) {
      expected.delete(who);
      who.resolve(event);
    }
  };
  readLines(stream, LINE_MAX_CHARACTERS, (line) => {
    const read = readMessage(Buffer.from(line));
    if (!read.ok) return; // cut off in the middle when QEMU was killed
    const { id, error, event, data, return: answer } = read.value;
    if (event !== undefined) happened({ event, ...(data && { data }) });
    const who = id === undefined ? undefined : waiting.get(id);
    if (id === undefined || !who) return; // the greeting
    waiting.delete(id);
    if (error) who.reject(new Error(error.desc));
    else who.resolve(answer);
  });
  stream.on('error', () => {}); // close follows
  stream.on('close', () => {
    over = true;
    for (const { reject } of [...waiting.values(), ...expected]) reject(new Error('QEMU has ended'));
    waiting.clear();
    expected.clear();
  });

  const qmp: Qmp = {
    execute: (command, args) =>
      new Promise((resolve, reject) => {
        if (over) return reject(new Error(`${command}: QEMU has ended`));
        const id = ++asked;
        const failed = (error: Error) => reject(new Error(`${command}: ${error.message}`));
        waiting.set(id, { resolve, reject: failed });
        stream.write(`${JSON.stringify({ execute: command, arguments: args, id })}\n`);
      }),
    next: (match) =>
      new Promise((resolve, reject) => {
        if (over) return reject(new Error('QEMU has ended'));
        expected.add({ match, reject, resolve });
      }),
  };
  await qmp.execute('qmp_capabilities');
  return qmp;
}
