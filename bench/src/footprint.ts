import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as passed } from 'node:timers/promises';
import { openDeviceKey } from '@ewon-agent/agent/adapters/device-key-file';
import { openSqliteStore } from '@ewon-agent/agent/adapters/store-sqlite';
import { storePath } from '@ewon-agent/agent/cli/places';
import { readDocument } from '@ewon-agent/agent/core/document';
import type { BoardEvent } from '@ewon-agent/board-sim/core/board-event';
import type { BoardWithAgent } from '@ewon-agent/e2e/board-with-agent';
import { bundledAgent, bundledProgram } from '@ewon-agent/e2e/bundles';
import { agentPid, serialOf, startAgentBoard } from './agent-board.ts';
import type { Bench } from './bench.ts';
import { footprintAnswer, type ResidentName } from './footprint-page.ts';
import { startPeers } from './footprint-peers.ts';
import { register } from './register.ts';
import { watched } from './resident.ts';
import { openStage, type Stage } from './stage.ts';
import { createWitness, type Witness } from './witness.ts';

const SECONDS = 600;
/** The collector of a program that idles has run by then, and what is compiled lazily is. */
const WARM_UP_SECONDS = 300;
/** From here on the peers are there too, which are installed first; below, nothing is compared. */
const PEERS_FROM_SECONDS = 60;

/** What an idle connected agent takes, beside bare Node and beside the least a program of its kind can be. */
export const footprintBench: Bench = {
  name: 'footprint',
  title: 'Footprint: an idle connected agent',
  about: `${WARM_UP_SECONDS} s of warming up and ${SECONDS} s of idling, about 17 minutes; installs its peers from npm`,
  async run({ seconds = SECONDS }, say) {
    const dir = mkdtempSync(join(tmpdir(), 'ewon-bench-'));
    const closers: (() => Promise<void> | void)[] = [() => rmSync(dir, { recursive: true, force: true })];
    try {
      const stage = await openStage('embedded', join(dir, 'stage'));
      closers.push(() => stage.close());
      const witness = await createWitness(stage.account.api);
      closers.push(() => witness.close());
      const place: Place = { dir, agent: await bundledAgent(join(dir, 'agent')), stage, witness };

      say('registering the devices whose certificates the floor programs take');
      const lent = await registeredBoard(place, 1);
      await lent.board.stop();
      const lentToo = await registeredBoard(place, 4);
      await lentToo.board.stop();
      say('registering an Ewon and starting its agent again from what it saved');
      const idle = await registeredBoard(place, 2);
      closers.push(() => idle.board.stop());
      await idle.board.slots.sd0.remove(); // a card that stays in is read again at the start, and its reader stays in memory
      await restarted(idle);
      say('registering a third, whose agent goes on');
      const fresh = await registeredBoard(place, 3);
      closers.push(() => fresh.board.stop());
      const floor = await startFloor(join(dir, 'floor'), lent.stateDir, { tidies: true });
      closers.push(() => ended(floor));
      const untidy = await startFloor(join(dir, 'floor-untidy'), lentToo.stateDir, { tidies: false });
      closers.push(() => ended(untidy));
      const bare = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e9)'], { stdio: 'ignore' });
      closers.push(() => ended(bare));

      const pids = new Map<ResidentName, number>([
        ['bare', bare.pid ?? 0],
        ['floor', floor.pid ?? 0],
        ['untidy', untidy.pid ?? 0],
        ['idle', agentPid(idle)],
        ['fresh', agentPid(fresh)],
      ]);
      if (seconds >= PEERS_FROM_SECONDS) {
        say('installing and starting node-red and a Sparkplug client');
        const peers = await startPeers(join(dir, 'peers'));
        closers.push(() => peers.stop());
        pids.set('node-red', peers.nodeRed.pid ?? 0).set('sparkplug', peers.sparkplug.pid ?? 0);
      }
      const warmUpSeconds = Math.min(WARM_UP_SECONDS, seconds);
      say(`all run; warming up for ${warmUpSeconds} s, then ${seconds} s of samples`);
      await passed(warmUpSeconds * 1000);
      return footprintAnswer(await watched(pids, seconds), { seconds, warmUpSeconds });
    } finally {
      for (const close of closers.reverse()) await close();
    }
  },
};

type Place = { readonly dir: string; readonly agent: string; readonly stage: Stage; readonly witness: Witness };

async function registeredBoard({ dir, agent, stage, witness }: Place, run: number): Promise<BoardWithAgent> {
  const onBoard = await startAgentBoard(join(dir, `board-${run}`), serialOf(run), agent);
  await register({ onBoard, stage, witness, serial: serialOf(run) });
  return onBoard;
}

/** Starts the agent again and resolves when it says that it is online. */
async function restarted({ board }: BoardWithAgent): Promise<void> {
  const from = board.events.all.length;
  await board.reboot();
  const isOnline = (event: BoardEvent) => event.on === 'output' && event.line.includes('"UPLINK_ONLINE"');
  await board.events.until(isOnline, { what: 'an agent that is online again', from });
}

/** Starts the floor program as the device that another agent was, and resolves when the broker has it. */
async function startFloor(
  dir: string,
  stateDir: string,
  { tidies }: { readonly tidies: boolean },
): Promise<ChildProcess> {
  const program = await bundledProgram(dir, join(import.meta.dirname, 'floor.ts'));
  const { privateKeyPem } = await openDeviceKey(stateDir);
  const store = openSqliteStore(storePath(stateDir), () => 0);
  const saved = store.load();
  store.close();
  const read = saved.ok ? readDocument(saved.value) : saved;
  if (!read.ok || read.value.registration.at !== 'registered')
    throw new Error('this is a bug: a device that is not registered');
  const { link } = read.value.registration;
  const config = join(dir, 'floor.json');
  const floor = {
    url: link.mqtt.urls[0],
    ca: link.ca,
    certificate: link.certificate,
    privateKey: privateKeyPem,
    clientId: link.deviceId,
    database: join(dir, 'floor.db'),
    tidies,
  };
  writeFileSync(config, JSON.stringify(floor), { mode: 0o600 });
  const child = spawn(process.execPath, [program, config], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  if (line !== 'online') throw new Error(`the floor program said ${line}`);
  return child;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
