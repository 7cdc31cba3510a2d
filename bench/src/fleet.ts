import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseGrk } from '@ewon-agent/contracts';
import type { AdminApi } from '@ewon-agent/e2e/admin-api';
import type { Bench } from './bench.ts';
import { collectGarbage } from './collect-garbage.ts';
import { startFloor } from './fleet-floor-process.ts';
import { type FleetRun, type FleetStep, fleetAnswer } from './fleet-page.ts';
import type { FleetAnswer, FleetOrder } from './fleet-simulator.ts';
import { doingOf, memoryOf, openFilesMax } from './proc.ts';
import { type BrokerName, openStage, type Stage } from './stage.ts';

/** Events of each device. */
const EVENTS = 10;
const FLEETS: readonly { readonly broker: BrokerName; readonly devices: number }[] = [
  { broker: 'embedded', devices: 100 },
  { broker: 'Mosquitto', devices: 100 },
  { broker: 'embedded', devices: 1000 },
  { broker: 'Mosquitto', devices: 1000 },
  { broker: 'embedded', devices: 5000 },
];
const APPROVALS_AT_A_TIME = 16;
/** Files that a process of a fleet has open beside one connection for each device. */
const FILES_BESIDE = 500;
/** As long as the account is watched while nothing happens. */
const IDLE_MS = 5000;

/** What 100, 1,000 and 5,000 devices cost one account. */
export const fleetBench: Bench = {
  name: 'fleet',
  title: 'Fleet: 100, 1,000 and 5,000 devices at one account',
  about: 'one simulator process, one account, beside its floor; about 8 minutes',
  async run({ runs, devices }, say) {
    const done: FleetRun[] = [];
    const fleets = FLEETS.filter((fleet) => devices === undefined || fleet.devices === devices);
    if (fleets.length === 0) throw new Error(`there is no fleet of ${devices} devices`);
    const most = Math.max(...fleets.map((fleet) => fleet.devices));
    if (openFilesMax() < most + FILES_BESIDE)
      throw new Error(
        `${most} devices are more connections than may be open: raise "ulimit -Hn" from ${openFilesMax()}`,
      );
    // a smaller run is one of the smaller fleets
    for (const fleet of fleets.slice(0, runs)) {
      const run = await measure(fleet);
      done.push(run);
      say(`${fleet.devices} devices, ${fleet.broker}: ${JSON.stringify(run)}`);
    }
    return fleetAnswer(done);
  },
};

async function measure({ broker, devices }: (typeof FLEETS)[number]): Promise<FleetRun> {
  const dir = mkdtempSync(join(tmpdir(), 'ewon-bench-'));
  const args = ['--pending-quota', String(2 * devices), '--log-level', 'error'];
  const stage = await openStage(broker, dir, args, ['--inspect-port=0']);
  try {
    const floor = await withSimulator((simulator) => registerAtFloor(dir, stage, simulator, devices));
    return await withSimulator(async (simulator) => ({ ...(await play(stage, simulator, devices)), ...floor }));
  } finally {
    await stage.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function withSimulator<T>(work: (simulator: ChildProcess) => Promise<T>): Promise<T> {
  const simulator = fork(join(import.meta.dirname, 'fleet-simulator.ts'), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  try {
    return await work(simulator);
  } finally {
    simulator.kill('SIGKILL');
  }
}

/** The same devices at the least a server can be, just before they are at the account. */
async function registerAtFloor(dir: string, { account }: Stage, simulator: ChildProcess, devices: number) {
  const floor = await startFloor(dir);
  try {
    const grk = await keyOf(account.api);
    await order(simulator, { do: 'make', account: { deviceUrl: floor.url, ca: floor.ca, grk }, count: devices });
    const before = doingOf(floor.pid).cpuMs;
    const ms = await order(simulator, { do: 'register' });
    return {
      floorRegistrations: (devices / ms) * 1000,
      floorCpuMs: (doingOf(floor.pid).cpuMs - before) / devices,
    };
  } finally {
    await floor.stop();
  }
}

async function order(simulator: ChildProcess, what: FleetOrder): Promise<number> {
  const answered = once(simulator, 'message');
  simulator.send(what);
  const [answer]: readonly FleetAnswer[] = await Promise.race([answered, gone(simulator)]);
  if (!answer || 'failed' in answer) throw new Error(answer?.failed ?? 'this is a bug: no answer');
  return answer.ms;
}

async function play(
  { account, broker }: Stage,
  simulator: ChildProcess,
  devices: number,
): Promise<Omit<FleetRun, 'floorRegistrations' | 'floorCpuMs'>> {
  const { api, deviceUrl, pid } = account;
  const perSecond = (ms: number, count = devices) => (count / ms) * 1000;
  const ca = readFileSync(account.ca, 'utf8');
  await order(simulator, { do: 'make', account: { deviceUrl, ca, grk: await keyOf(api) }, count: devices });
  await collectGarbage(account);
  const emptyPssKib = memoryOf(pid).pssKib;
  const cpuMs: Record<FleetStep, number> = { registrations: 0, approvals: 0, grants: 0, connections: 0, events: 0 };
  const step = async (name: FleetStep, doing: () => Promise<number>, count = devices) => {
    const before = doingOf(pid).cpuMs;
    const ms = await doing();
    cpuMs[name] = (doingOf(pid).cpuMs - before) / count;
    return perSecond(ms, count);
  };
  const playedMs = doingOf(simulator.pid ?? 0).cpuMs;
  const registrations = await step('registrations', () => order(simulator, { do: 'register' }));
  const playersCpuMs = (doingOf(simulator.pid ?? 0).cpuMs - playedMs) / devices;
  const approvals = await step('approvals', () => approveAll(api));
  const grants = await step('grants', () => order(simulator, { do: 'fetchGrant' }));
  const connections = await step('connections', () => order(simulator, { do: 'connect' }));
  const events = await step('events', () => order(simulator, { do: 'tell', events: EVENTS }), devices * EVENTS);
  const atRestMs = doingOf(pid).cpuMs;
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  const idleCpuPercent = ((doingOf(pid).cpuMs - atRestMs) / IDLE_MS) * 100;
  await collectGarbage(account);
  const { pssKib, rssKib } = memoryOf(pid);
  await order(simulator, { do: 'close' });
  return {
    ...{ broker, devices, registrations, playersCpuMs, approvals, grants, connections, events, cpuMs, idleCpuPercent },
    ...{ pssMib: pssKib / 1024, rssMib: rssKib / 1024, kibPerDevice: (pssKib - emptyPssKib) / devices },
  };
}

async function gone(simulator: ChildProcess): Promise<never> {
  await once(simulator, 'exit');
  throw new Error('the simulator ended');
}

async function keyOf(api: AdminApi) {
  const keys = await api.get<readonly { id: string; state: string }[]>('/api/v1/grks');
  const active = keys.find((key) => key.state === 'active');
  const grk = parseGrk(
    /A01-[0-9A-Z]{32}/.exec(await api.text(`/api/v1/grks/${active?.id}/export?form=txt`))?.[0] ?? '',
  );
  if (!grk.ok) throw new Error('this is a bug: no key in the export');
  return grk.value;
}

/** As a person does who ticks all of them on the page. @returns milliseconds */
async function approveAll(api: AdminApi): Promise<number> {
  const pending = await api.pending();
  const from = performance.now();
  const waiting = pending.values();
  const worker = async () => {
    for (const { id } of waiting) await api.send('POST', `/api/v1/registrations/${id}/approve`);
  };
  await Promise.all(Array.from({ length: APPROVALS_AT_A_TIME }, worker));
  return performance.now() - from;
}
