import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '@ewon-agent/contracts/suites/assertions';
import { freePort } from '@ewon-agent/contracts/suites/free-port';
import { connectAsync } from 'mqtt';
import { startPlainMosquitto } from './mosquitto-plain.ts';

// The usual way to keep what a board sends while its line is down: a Mosquitto on the board with a bridge.

/** What became of messages that the Mosquitto on the board had acknowledged. */
export type BridgeLoss = { readonly accepted: number; readonly arrived: number; readonly doubled: number };

/**
 * Has messages accepted by a Mosquitto while its bridge is down, kills it, starts it again with the bridge up, and counts
 * what arrives on the other side.
 * @param settings lines of mosquitto.conf for the Mosquitto on the board; `DIR` is a folder of its own
 */
export async function bridgeLoss(dir: string, settings: readonly string[], messages: number): Promise<BridgeLoss> {
  const [local, remote] = [await freePort(), await freePort()];
  const data = join(dir, 'data');
  mkdirSync(data, { recursive: true });
  const onBoard = () =>
    startPlainMosquitto(join(dir, 'board.conf'), local, [
      'log_type all',
      ...settings.map((line) => line.replace('DIR', `${data}/`)),
      ...['connection up', `address 127.0.0.1:${remote}`, 'topic # out 1', 'cleansession false', 'restart_timeout 1'],
    ]);
  const first = await onBoard();
  const accepted = await acceptedBy(local, messages);
  await first.stop('SIGKILL');
  const again = await onBoard();
  const far = await startPlainMosquitto(join(dir, 'far.conf'), remote, ['log_type all', 'max_queued_messages 0']);
  try {
    return { accepted, ...(await arrivals(remote, local)) };
  } finally {
    await again.stop('SIGKILL');
    await far.stop('SIGKILL');
  }
}

async function acceptedBy(port: number, messages: number): Promise<number> {
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0 });
  let accepted = 0;
  let next = 0;
  const lane = async () => {
    while (next < messages) {
      next += 1;
      await client.publishAsync(`t/${next}`, String(next).padEnd(200), { qos: 1 });
      accepted += 1;
    }
  };
  await Promise.all(Array.from({ length: 200 }, lane));
  client.end(true);
  return accepted;
}

/** What has not come when nothing came for so long, with the bridge up, does not come any more. */
const QUIET_MS = 4000;

/** A message that is published now says that the bridge is up; it may overtake those that were queued before. */
async function arrivals(remote: number, local: number): Promise<Omit<BridgeLoss, 'accepted'>> {
  const seen = new Set<string>();
  let doubled = 0;
  let heardMs = performance.now();
  const last = Promise.withResolvers<void>();
  const far = await connectAsync(`mqtt://127.0.0.1:${remote}`, { reconnectPeriod: 0 });
  far.on('message', (topic) => {
    heardMs = performance.now();
    if (topic === 'last') return last.resolve();
    if (seen.has(topic)) doubled += 1;
    seen.add(topic);
  });
  await far.subscribeAsync('#', { qos: 1 });
  const near = await connectAsync(`mqtt://127.0.0.1:${local}`, { reconnectPeriod: 0 });
  await near.publishAsync('last', 'x', { qos: 1 });
  await last.promise;
  await eventually(() => performance.now() - heardMs > QUIET_MS, { what: 'nothing more', timeoutMs: 60_000 });
  far.end(true);
  near.end(true);
  return { arrived: seen.size, doubled };
}
