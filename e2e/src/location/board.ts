import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { askControl } from '@ewon-agent/agent/adapters/control-socket';
import { controlPath, locationPath } from '@ewon-agent/agent/cli/places';
import type { LocationStatus } from '@ewon-agent/agent/core/location-report';
import type { AgentStatus } from '@ewon-agent/agent/core/status';
import { MODEM } from '@ewon-agent/board-sim/core/ewon/modem';
import { startEwon } from '@ewon-agent/board-sim/ewon/start-ewon';
import { startGpsdSim } from '@ewon-agent/board-sim/sim/gpsd-sim';
import { eventually } from '@ewon-agent/contracts/suites/assertions';
import { findProgram } from '@ewon-agent/contracts/suites/debian';
import { plugTty } from '@ewon-agent/contracts/suites/plug-tty';
import { checksumOf } from '@ewon-agent/firmware-bridge/core/nmea-frame';
import { statusAt } from '../board-with-agent.ts';
import type { AccountHere } from './account-here.ts';

// A board with everything that a place can be found by: an Ewon whose modem is in a cell, a gpsd, a receiver on a serial line, and a
// program that scans. The real agent runs on it, under strace.

const AGENT = join(import.meta.dirname, '../../../agent/bin/ewon-agent.js');
/** What a location would have to do; file names are those of the calls, so nothing of them depends on how they are made. */
const CALLS = 'open,openat,connect,sendto,execve,rename,renameat,renameat2';
/** What a program that scans says: access points made up, one of which says no. */
const IW = ['plant', 'hall', 'home_nomap']
  .map((ssid, i) => `BSS 00:1c:10:00:00:0${i + 1}(on wlan9)\n\tfreq: 2437\n\tsignal: -5${i}.00 dBm\n\tSSID: ${ssid}\n`)
  .join('');

/** What of a trace has to do with a location. */
export type Traced = {
  readonly serialOpened: number;
  readonly gpsdAsked: number;
  readonly scanned: number;
  readonly written: number;
};
export const NOTHING_TRACED: Traced = { serialOpened: 0, gpsdAsked: 0, scanned: 0, written: 0 };

export type LocationBoard = {
  readonly configFile: string;
  location(): Promise<LocationStatus>;
  status(): Promise<AgentStatus>;
  hasSaved(): boolean;
  /** Lays the file at the board that switches it off, or takes it away. */
  switchAtBoard(to: 'on' | 'off'): void;
  start(enable?: 0 | 1): Promise<void>;
  /** Ends the agent. @returns what it did since it was started */
  stop(): Promise<Traced>;
  online(): Promise<void>;
  close(): Promise<void>;
};

/** Builds the board below `dir` and has its Ewon approved; the agent runs afterwards. */
export async function startLocationBoard(dir: string, account: AccountHere): Promise<LocationBoard> {
  const [stateDir, slots, bin, configFile] = ['agent', 'slots', 'bin', 'agent.json'].map((name) => join(dir, name));
  if (!stateDir || !slots || !bin || !configFile) throw new Error('this is a bug: four names');
  for (const folder of [slots, bin]) mkdirSync(folder, { recursive: true });
  const ewon = await startEwon({ modem: { ...MODEM, operatorId: '20601' } });
  const gpsd = await startGpsdSim();
  const tty = await plugTty(dir, 'receiver');
  const receiver = setInterval(() => tty.peer.write(moment(new Date())), 500);
  gpsd.place({ lat: 51.219167, lon: 4.4025 });
  for (const program of ['iw', 'nmcli']) {
    writeFileSync(join(bin, program), `#!/bin/sh\ncat <<'END'\n${IW}END\n`);
    chmodSync(join(bin, program), 0o755);
  }
  writeFileSync(join(dir, 'password'), ewon.password, { mode: 0o600 });
  const { status, statusUntil } = statusAt(stateDir);
  let agent: ChildProcess | undefined;
  let trace = '';
  let starts = 0;

  const board: LocationBoard = {
    ...{ configFile, status },
    async location() {
      const asked = await askControl(controlPath(stateDir), 'location');
      if (!asked.ok) throw new Error(`${asked.fault.code}: ${asked.fault.detail}`);
      return asked.value as LocationStatus;
    },
    hasSaved: () => existsSync(locationPath(stateDir)),
    switchAtBoard(to) {
      const file = join(dir, 'geolocation.off');
      if (to === 'off') writeFileSync(file, '');
      else rmSync(file, { force: true });
    },
    async start(enable = 1) {
      const config = {
        ...{ stateDir, slots: { sd0: { image: join(slots, 'sd0.img') } }, GeolocEnable: enable },
        account: { url: account.deviceUrl, caFile: account.caFile },
        firmware: { url: ewon.url, user: ewon.user, passwordFile: 'password' },
        wan: { probeBytesMax: 0, ewonEveryMs: 5000 },
        location: {
          ...{ spacingMs: 1000, wifi: { interface: 'wlan9', everyMs: 1000 } },
          gnss: { gpsd: `127.0.0.1:${gpsd.port}`, serial: { port: tty.path, baud: 9600 } },
        },
        ...{ board: { switchDir: dir, orderDir: dir }, log: { level: 'info' } },
      };
      writeFileSync(configFile, JSON.stringify(config));
      starts += 1;
      trace = join(dir, `trace-${starts}`);
      // -D: what is started is the agent itself, so that a signal meets it
      const traced = ['-D', '-f', '--seccomp-bpf', '-q', '-s', '200', '-e', `trace=${CALLS}`, '-o', trace];
      const command = [...traced, process.execPath, AGENT, 'run', '--config', configFile];
      const env = { ...process.env, PATH: `${bin}:${process.env['PATH']}` };
      agent = spawn(findProgram('strace') ?? '', command, { stdio: ['ignore', 'ignore', 'inherit'], env });
      await statusUntil(() => true, 'up', 60_000);
    },
    async stop() {
      if (!agent) throw new Error('this is a bug of the test: no agent runs');
      const { pid } = agent;
      if (agent.exitCode === null) {
        agent.kill('SIGTERM');
        await once(agent, 'exit');
      }
      // strace ends after the agent: what it has not written yet would look like nothing done
      const whole = new RegExp(`^${pid} +[+]{3} (exited|killed)`, 'm');
      await eventually(() => whole.test(readFileSync(trace, 'utf8')), { what: 'a whole trace', timeoutMs: 20_000 });
      return readTrace(readFileSync(trace, 'utf8'), { serial: tty.path, gpsdPort: gpsd.port });
    },
    online: async () => void (await statusUntil(({ uplink }) => uplink.state === 'online', 'online', 60_000)),
    async close() {
      if (agent && agent.exitCode === null) agent.kill('SIGKILL');
      clearInterval(receiver);
      await tty.unplug();
      await Promise.all([gpsd.close(), ewon.close()]);
    },
  };
  await board.start();
  writeFileSync(join(dir, 'card.img'), await account.api.cardImage('press'));
  renameSync(join(dir, 'card.img'), join(slots, 'sd0.img'));
  await statusUntil(({ registration }) => registration.state === 'pending', 'pending', 60_000);
  const [request] = await account.api.pending();
  await account.api.send('POST', `/api/v1/registrations/${request?.id}/approve`);
  await board.online();
  return board;
}

/** Finds what only a location does. A call that failed counts: it was tried. */
export function readTrace(
  text: string,
  { serial, gpsdPort }: { readonly serial: string; readonly gpsdPort: number },
): Traced {
  const count = (holds: (line: string) => boolean) => text.split('\n').filter(holds).length;
  const opens = (line: string) => /\bopen(at)?\(/.test(line);
  return {
    serialOpened: count((line) => opens(line) && line.includes(`"${serial}"`)),
    gpsdAsked: count((line) => /\b(connect|sendto)\(/.test(line) && line.includes(`htons(${gpsdPort})`)),
    scanned: count((line) => /\bexecve\("[^"]*\/(iw|nmcli)"/.test(line) && /"(scan|wifi)"/.test(line)),
    written: count((line) => /\brename/.test(line) && line.includes('location.json"')),
  };
}

/** A moment of a receiver in Antwerp. */
function moment(now: Date): string {
  const time = now.toISOString().slice(11, 19).replaceAll(':', '');
  const place = '5113.150,N,00424.150,E';
  const bodies = [`GPGGA,${time},${place},1,08,0.9,12.0,M,46.0,M,,`, `GPRMC,${time},A,${place},0.0,0.0,261126,,,A`];
  return bodies.map((body) => `$${body}*${checksumOf(body)}\r\n`).join('');
}
