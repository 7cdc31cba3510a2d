import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { NetworkState } from '../sim/network-sim.ts';

/** A door in front of a port elsewhere, which the network of the board opens and shuts. */
export type Forward = {
  /** On 127.0.0.1; stays the same while the network is down. */
  readonly port: number;
  readonly target: string;
  network(state: NetworkState): Promise<void>;
  /** Holds every piece back for so long, in each direction. */
  delay(delayMs: number): void;
  close(): Promise<void>;
};

export type ForwardOptions = { readonly port: number; readonly host: string; readonly targetPort: number };

/**
 * Starts a forwarder.
 * Down and `refused`: open connections are reset and new ones refused. Down and `silent`: nothing passes any more; what
 * was sent meanwhile passes when the network is up again, as retransmitted; new connections open and stay mute until then.
 */
export async function startForward({ port: wanted, host, targetPort }: ForwardOptions): Promise<Forward> {
  const pairs = new Set<Pair>();
  const world: World = { state: 'up', delayMs: 0 };
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const open = () => connect({ host, port: targetPort, allowHalfOpen: true });
    const pair = createPair({ near, open, world, gone: () => pairs.delete(pair) });
    pairs.add(pair);
  });
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    return typeof address === 'object' && address ? address.port : port;
  };
  const shut = async () => {
    const closed = server.listening ? once(server, 'close') : undefined;
    server.close();
    for (const pair of pairs) pair.reset();
    await closed;
  };
  const port = await listen(wanted);
  return {
    port,
    target: `${host}:${targetPort}`,
    async network(state) {
      world.state = state;
      if (state === 'refused') await shut();
      else if (!server.listening) await listen(port);
      for (const pair of pairs) pair.look();
    },
    delay(delayMs) {
      world.delayMs = delayMs;
    },
    close: shut,
  };
}

type World = { state: NetworkState; delayMs: number };
/** `look` lets pass what may pass now. */
type Pair = { look(): void; reset(): void };

type PairOptions = { readonly near: Socket; readonly world: World; open(): Socket; gone(): void };

function createPair({ near, open, world, gone }: PairOptions): Pair {
  let far: Socket | undefined;
  let lanes: readonly (() => void)[] = [];
  let broken = false;
  const reset = () => {
    near.resetAndDestroy();
    far?.resetAndDestroy();
  };
  // one end was reset, and so is the other; but nothing crosses a silent network, not even that
  const breakOff = () => {
    broken = true;
    if (world.state !== 'silent') reset();
  };
  const look = () => {
    if (broken) return breakOff();
    if (world.state !== 'up') return;
    if (!far) {
      far = open();
      far.on('error', breakOff);
      far.on('close', closed);
      far.setNoDelay(true);
      near.setNoDelay(true);
      lanes = [createLane(near, far, world), createLane(far, near, world)];
    }
    for (const pass of lanes) pass();
  };
  const closed = () => near.closed && far?.closed !== false && gone();
  near.on('error', breakOff);
  near.on('close', closed);
  near.pause();
  look();
  return { look, reset };
}

/** More than this is not taken from a sender while the receiver gets nothing. */
const LANE_MAX_BYTES = 1024 * 1024;

/** Carries one direction, in order, late by the delay. Answers a function that lets pass what may pass now. */
function createLane(from: Socket, to: Socket, world: World): () => void {
  const queue: { readonly atMs: number; readonly piece: Buffer | 'end' }[] = [];
  let queuedBytes = 0;
  let timer: NodeJS.Timeout | undefined;
  const pass = () => {
    clearTimeout(timer);
    while (world.state === 'up') {
      const first = queue[0];
      if (!first) break;
      const waitMs = first.atMs - performance.now();
      if (waitMs > 0) {
        timer = setTimeout(pass, Math.ceil(waitMs));
        break;
      }
      queue.shift();
      if (first.piece === 'end') to.end();
      else {
        queuedBytes -= first.piece.length;
        to.write(first.piece);
      }
    }
    if (queuedBytes + to.writableLength < LANE_MAX_BYTES) from.resume();
  };
  const take = (piece: Buffer | 'end') => {
    queue.push({ atMs: performance.now() + world.delayMs, piece });
    if (piece !== 'end') queuedBytes += piece.length;
    if (queuedBytes + to.writableLength >= LANE_MAX_BYTES) from.pause();
    pass();
  };
  from.on('data', take);
  from.on('end', () => take('end'));
  to.on('drain', pass);
  to.on('close', () => clearTimeout(timer));
  return pass;
}
