import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

/** A gpsd with one receiver, for tests: it says what it is told to say to whoever watches. */
export type GpsdSim = {
  readonly port: number;
  /** Connections so far; each that was made by a program that wants to know a place. */
  connections(): number;
  /** Says a place, and the satellites that it was found by, to all who watch; `mode` 1 is no fix. */
  place(place: GpsdPlace): void;
  /** Sends a text as it is. */
  say(text: string): void;
  /** Ends all connections, as a gpsd that is started anew does. */
  hangUp(): void;
  close(): Promise<void>;
};

export type GpsdPlace = {
  readonly lat: number;
  readonly lon: number;
  readonly mode?: number;
  readonly hdop?: number;
  readonly eph?: number;
  readonly time?: string;
};

const DEVICE = '/dev/ttyACM0';
const VERSION = { class: 'VERSION', release: '3.22', rev: '3.22', proto_major: 3, proto_minor: 14 };
const DEVICES = { class: 'DEVICES', devices: [{ class: 'DEVICE', path: DEVICE, driver: 'u-blox', bps: 9600 }] };
const WATCH = { class: 'WATCH', enable: true, json: true, nmea: false, raw: 0, scaled: false, timing: false };

/** Listens on 127.0.0.1. Who watches hears the place told last at once, and again each second as from a receiver. */
export async function startGpsdSim(port = 0): Promise<GpsdSim> {
  const all = new Set<Socket>();
  const watching = new Set<Socket>();
  let connections = 0;
  let last = '';
  const server = createServer((socket) => {
    connections += 1;
    all.add(socket);
    socket.on('error', () => socket.destroy()); // who watched has ended
    socket.on('close', () => [all, watching].forEach((set) => void set.delete(socket)));
    socket.write(linesOf(VERSION));
    let asked = '';
    socket.setEncoding('latin1').on('data', (text: string) => {
      asked = `${asked}${text}`.slice(-4096);
      if (watching.has(socket) || !/\?WATCH=\{.*"enable":true.*"json":true.*\}/.test(asked)) return;
      watching.add(socket);
      socket.write(`${linesOf(DEVICES, WATCH)}${last}`);
    });
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  const say = (text: string) => {
    for (const socket of watching) socket.write(text);
  };
  const beat = setInterval(() => say(last), 1000);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('this is a bug: no port');

  return {
    port: address.port,
    connections: () => connections,
    place({ lat, lon, mode = 3, hdop = 0.8, eph, time = new Date().toISOString() }) {
      const sky = { class: 'SKY', device: DEVICE, hdop, nSat: 12, uSat: 9, satellites: satellites(12) };
      const at = mode < 2 ? {} : { lat, lon, ...(eph !== undefined && { eph }) };
      last = linesOf(sky, { class: 'TPV', device: DEVICE, mode, time, ...at });
      say(last);
    },
    say,
    hangUp() {
      for (const socket of all) socket.destroy();
    },
    async close() {
      clearInterval(beat);
      for (const socket of all) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}

function linesOf(...reports: readonly object[]): string {
  return reports.map((report) => `${JSON.stringify(report)}\r\n`).join('');
}

/** A report of satellites is as long as from a receiver. */
function satellites(count: number): readonly object[] {
  return Array.from({ length: count }, (_, i) => ({
    ...{ PRN: i + 1, el: 10 + i, az: 30 * i, ss: 20 + i, used: i < 9, gnssid: 0, svid: i + 1, health: 1 },
  }));
}
