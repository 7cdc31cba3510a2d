import { chmodSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { createInterface, type Interface } from 'node:readline';
import { err, type Fault, isCode, ok, type Result, T2M_JSON_MAX_BYTES, toUtf8 } from '@ewon-agent/contracts';
import { readSavedRequest, readWizardOrder } from '../core/document.ts';
import type { SavedRequest, WizardGiven } from '../core/model.ts';

/** What another process of the same user may ask a running agent. */
export type ControlOrder =
  | ('status' | 'forget' | 'policy' | 'wan' | 'drill' | 'location' | 'health')
  | (PatchOrder | MoveOrder | RegisterOrder | WizardOrder | DeviceOrder | DeferOrder);
export type PatchOrder = 'patch' | 'patchLook' | 'patchConfirm' | 'patchInstall';
/** `settings`: what is set at the console has changed. `decide`: a switch at the device has. */
export type DeviceOrder = 'settings' | 'decide' | 'reboot';
/** Puts the patch that waits off, for so many hours. */
export type DeferOrder = { readonly defer: number };
/** What is answered by lines, until one of the two ends it. */
export type StreamOrder = { readonly debug: string; readonly minutes: number } | 'ledTest';
/**
 * Begins to answer by lines. A line that the other end does not take is left out, and told as a number later.
 * @param isFull the other end does not take what it was told before
 * @returns called when nobody listens any more
 */
export type ControlStream = (
  order: StreamOrder,
  out: { write(line: string): void; isFull(): boolean; end(): void },
) => Result<() => void>;
/** To another account, by the request that a card for it gave: the binding is in it, the GRK is not. */
export type MoveOrder = { readonly move: SavedRequest };
/** The same for an Ewon that has no account yet; refused where it has one. */
export type RegisterOrder = { readonly register: SavedRequest };
/** What a person gave the wizard; answered when it is over. */
export type WizardOrder = { readonly wizard: WizardGiven };
export type ControlAnswer = (order: ControlOrder) => Promise<unknown>;

const ORDERS = [
  ...(['status', 'forget', 'policy', 'wan', 'drill', 'location', 'health'] as const),
  ...(['patch', 'patchLook', 'patchConfirm', 'patchInstall', 'settings', 'decide', 'reboot'] as const),
] as const satisfies ControlOrder[];
/** A request with a manifest and two CAs, in JSON; what is longer is not from our command line. */
const ORDER_MAX_BYTES = 2 * T2M_JSON_MAX_BYTES;

/** Answers orders on a Unix socket (mode 0600): one JSON line in, one JSON line out. A socket file that a killed agent left is replaced. */
export async function serveControl(
  path: string,
  answer: ControlAnswer,
  stream?: ControlStream,
): Promise<{ close(): Promise<void> }> {
  rmSync(path, { force: true });
  const silent = new Set<Socket>();
  const server = createServer((socket) => {
    silent.add(socket.once('close', () => silent.delete(socket)));
    socket.on('error', () => socket.destroy()); // the asker went away: its business
    socket.on('data', () => socket.bytesRead > ORDER_MAX_BYTES && socket.destroy());
    linesOf(socket).once('line', (line) => {
      const streamed = streamOrderIn(line);
      if (streamed && stream) return streamTo(socket, streamed, stream); // ends with the agent: stays among the silent
      silent.delete(socket);
      void reply(socket, line, answer);
    });
  });
  await new Promise<void>((done, failed) => {
    server.once('error', failed);
    server.listen(path, done);
  });
  chmodSync(path, 0o600);
  return {
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        for (const socket of silent) socket.destroy(); // who has asked still gets an answer
      }),
  };
}

/** Asks a running agent. Codes: AGENT_NOT_RUNNING, AGENT_NOT_YOURS, and what the agent answers. */
export function askControl(path: string, order: ControlOrder): Promise<Result<unknown>> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.on('error', (cause) => resolve(err(isDenied(cause) ? 'AGENT_NOT_YOURS' : 'AGENT_NOT_RUNNING', path, cause)));
    socket.on('close', () => resolve(err('AGENT_NOT_RUNNING', `${path} hung up`))); // killed before it answered
    socket.on('connect', () => socket.write(`${JSON.stringify(order)}\n`));
    linesOf(socket).once('line', (line) => {
      socket.end();
      resolve(resultIn(line) ?? err('AGENT_NOT_RUNNING', `${path} answered something else`));
    });
  });
}

/**
 * Has a running agent tell lines, until it ends them or `signal` does. Codes: AGENT_NOT_RUNNING, AGENT_NOT_YOURS, and what the agent answers.
 * @param told each line, after the agent has agreed
 * @returns when it has agreed or not; `ended` resolves with the last line
 */
export function streamControl(
  path: string,
  order: StreamOrder,
  told: (line: string) => void,
  signal: AbortSignal,
): Promise<Result<{ readonly ended: Promise<void> }>> {
  return new Promise((resolve) => {
    const socket = connect(path);
    let isAgreed = false;
    const ended = new Promise<void>((done) => socket.once('close', () => done()));
    const stop = () => socket.destroy();
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    socket.on('error', (cause) => resolve(err(isDenied(cause) ? 'AGENT_NOT_YOURS' : 'AGENT_NOT_RUNNING', path, cause)));
    socket.on('close', () => {
      signal.removeEventListener('abort', stop);
      resolve(err('AGENT_NOT_RUNNING', `${path} hung up`));
    });
    socket.on('connect', () => socket.write(`${JSON.stringify(order)}\n`));
    linesOf(socket).on('line', (line) => {
      if (isAgreed) return told(textIn(line));
      const answer = resultIn(line) ?? err('AGENT_NOT_RUNNING', `${path} answered something else`);
      isAgreed = answer.ok;
      if (!answer.ok) socket.destroy();
      resolve(answer.ok ? ok({ ended }) : answer);
    });
  });
}

/** What one that does not read may hold of the agent's memory. */
const STREAM_MAX_BYTES = 64 * 1024;

function streamTo(socket: Socket, order: StreamOrder, stream: ControlStream): void {
  let isOver = false;
  let early: string[] | undefined = []; // what is told before it was said that it was begun
  const write = (line: string) => {
    if (early) early.push(line);
    else if (!isOver) socket.write(`${JSON.stringify(line)}\n`);
  };
  let stop = () => {};
  const over = () => {
    if (isOver) return;
    isOver = true;
    stop();
  };
  socket.once('close', over);
  const begun = stream(order, {
    write,
    isFull: () => socket.writableLength > STREAM_MAX_BYTES,
    end() {
      over();
      socket.end();
    },
  });
  if (!begun.ok) {
    socket.end(`${JSON.stringify(begun)}\n`);
    return;
  }
  stop = begun.value;
  if (isOver) stop(); // it ended at once
  if (!socket.writableEnded) socket.write(`${JSON.stringify(ok(null))}\n`);
  const lines = early;
  early = undefined;
  for (const line of lines) write(line);
}

function streamOrderIn(line: string): StreamOrder | undefined {
  try {
    const order: unknown = JSON.parse(line);
    if (order === 'ledTest') return order;
    const { debug, minutes } = Object(order);
    return typeof debug === 'string' && Number.isSafeInteger(minutes) ? { debug, minutes } : undefined;
  } catch {
    return undefined; // answered as an unknown order
  }
}

function textIn(line: string): string {
  try {
    return String(JSON.parse(line));
  } catch {
    return ''; // cut off by the end of the agent
  }
}

function isDenied(cause: Error): boolean {
  return 'code' in cause && cause.code === 'EACCES';
}

/** The lines of a socket. Whoever owns the socket hears its errors; readline tells them again, and untold they end the process. */
function linesOf(socket: Socket): Interface {
  return createInterface({ input: socket }).on('error', () => {});
}

async function reply(socket: Socket, line: string, answer: ControlAnswer): Promise<void> {
  const order = orderIn(line);
  const result: Result<unknown> = order
    ? await answer(order).then(ok, (cause) => ({ ok: false, fault: faultOf(cause) }))
    : err('USAGE', 'unknown order');
  socket.end(`${JSON.stringify(result)}\n`);
}

function resultIn(line: string): Result<unknown> | undefined {
  try {
    const answer = JSON.parse(line);
    return answer?.ok === true || (answer?.ok === false && isCode(answer.fault?.code)) ? answer : undefined;
  } catch {
    return undefined; // not JSON: whoever listens there is not our agent
  }
}

function orderIn(line: string): ControlOrder | undefined {
  try {
    const word: unknown = JSON.parse(line);
    if (typeof word === 'string') return ORDERS.find((known) => known === word);
    type Given = {
      readonly move?: unknown;
      readonly register?: unknown;
      readonly wizard?: unknown;
      readonly defer?: unknown;
    };
    const { move, register, wizard, defer }: Given = Object(word);
    if (typeof defer === 'number' && Number.isSafeInteger(defer)) return { defer };
    if (wizard !== undefined) {
      const given = readWizardOrder(toUtf8(JSON.stringify(wizard)));
      return given.ok ? { wizard: given.value } : undefined;
    }
    const request = readSavedRequest(toUtf8(JSON.stringify(move ?? register ?? null)));
    if (!request.ok) return undefined;
    return move === undefined ? { register: request.value } : { move: request.value };
  } catch {
    return undefined; // not JSON: answered as an unknown order
  }
}

function faultOf(cause: unknown): Fault {
  const code = cause instanceof Error && 'code' in cause && isCode(cause.code) ? cause.code : 'CONFLICT';
  return { code, detail: cause instanceof Error ? cause.message : '' };
}
