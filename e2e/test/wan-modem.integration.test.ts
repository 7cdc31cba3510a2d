import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSystemClock } from '@ewon-agent/agent/adapters/clock-system';
import { askControl } from '@ewon-agent/agent/adapters/control-socket';
import { openSerialPort } from '@ewon-agent/agent/adapters/serial-port';
import { controlPath } from '@ewon-agent/agent/cli/places';
import type { LinkReading } from '@ewon-agent/agent/core/wan-link';
import { type Modem, startModem } from '@ewon-agent/agent/shell/modem';
import type { WanStatus } from '@ewon-agent/agent/shell/wan';
import { MODEM_MAKERS } from '@ewon-agent/board-sim/core/modem-answers';
import { type ModemSim, startModemSim } from '@ewon-agent/board-sim/sim/modem-sim';
import { plugTty, type TestTty } from '@ewon-agent/contracts/suites/plug-tty';
import { assert, assertOk, eventually, suite } from '@ewon-agent/contracts/testing';
import { run } from '../src/command.ts';

// A modem that answers like one, at the other end of a real terminal of the kernel.

suite('a modem on a serial port', { needs: ['socat'], timeoutMs: 180_000 }, (test) => {
  const dir = mkdtempSync(join(tmpdir(), 'modem-'));
  const clock = createSystemClock();
  let tty: TestTty;
  let modem: Modem | undefined;
  test.after(() => rmSync(dir, { recursive: true, force: true }));
  test.after.each(async () => {
    await modem?.stop();
    await tty.unplug();
  });

  /** Asks it. @param hurry what the times on a board are divided by */
  const ask = (hurry: number): { readings: (LinkReading | undefined)[] } => {
    const readings: (LinkReading | undefined)[] = [];
    const started = startModem({
      open: (settings, listener) => openSerialPort(clock, settings, listener),
      clock: { after: (ms, call) => clock.after(ms / hurry, call) },
      log: { write() {} },
      ...{ port: { path: tty.path, baud: 115_200 }, link: 'wwan0', everyMs: 4000 },
      heard: () => void readings.push(started.reading()),
    });
    modem = started;
    return { readings };
  };
  const CELL = { registered: true, lac: 0x1a2b, cellId: 0x1a2d001, technology: 'LTE' };

  for (const maker of MODEM_MAKERS)
    test(`of ${maker} tells network, cell and signal, and is asked nothing that it would have to write`, async () => {
      tty = await plugTty(dir);
      const sim = startModemSim(tty.peer, maker);
      const { readings } = ask(1); // every question has its whole time to be answered: this is about the first round
      await eventually(() => readings.length > 0, { what: 'a reading' });
      const reading = readings[0];
      const { registered, lac, cellId, technology } = reading ?? {};
      assert.deepEqual({ registered, lac, cellId, technology }, CELL);
      const tellsNetwork = !['Nobody', 'Sierra Wireless'].includes(maker); // they have but its name
      assert.deepEqual([reading?.signal, reading?.operator], [-95, tellsNetwork ? '00101' : undefined]);
      assert.deepEqual(sim.refused, ['AT+C5GREG?']);
    });

  test('that is silent, away or without a network says so, and tells again when it is back', async () => {
    tty = await plugTty(dir);
    const sim = startModemSim(tty.peer, 'Quectel');
    const { readings } = ask(20);
    const told = (registered: boolean | undefined, what: string) =>
      eventually(() => readings.at(-1)?.registered === registered && readings.length > 0, { what });
    await told(true, 'registered');
    await eventually(() => readings.at(-1)?.operator === '00101', { what: 'a round that was answered whole' });
    sim.set({ registration: 3 });
    await told(false, 'denied');
    sim.set({ registration: 5 });
    await told(true, 'roaming');
    sim.mute('silent');
    await told(undefined, 'silent');
    sim.mute('answering');
    await told(true, 'answering again');
    await tty.unplug();
    await told(undefined, 'unplugged');
    tty = await plugTty(dir);
    startModemSim(tty.peer, 'Telit');
    await told(true, 'another one in its place');
  });
});

suite('ewon-agent wan, with a modem', { needs: ['socat'], timeoutMs: 180_000 }, (test) => {
  const dir = mkdtempSync(join(tmpdir(), 'modem-'));
  const configFile = join(dir, 'agent.json');
  const PROGRAM = join(import.meta.dirname, '../../agent/bin/ewon-agent.js');
  let tty: TestTty;
  let sim: ModemSim;
  let agent: ChildProcess;

  test.before(async () => {
    tty = await plugTty(dir, 'ttyUSB2');
    sim = startModemSim(tty.peer, 'SIMCOM');
    mkdirSync(join(dir, 'slot'));
    const config = {
      ...{ stateDir: 'agent', slots: { sd0: { directory: 'slot' } }, board: { switchDir: dir, orderDir: dir } },
      firmware: { serial: '1524-0071-21', model: 'Cosy', version: '15.0s0' },
      wan: { links: { wwan0: 'cellular' }, modem: { port: 'ttyUSB2', link: 'wwan0', everyMs: 5000 } },
    };
    writeFileSync(configFile, JSON.stringify(config));
    agent = spawn(process.execPath, [PROGRAM, 'run', '--config', configFile], { stdio: 'ignore' });
  });
  test.after(async () => {
    agent.kill();
    if (agent.exitCode === null) await once(agent, 'exit');
    await tty.unplug();
    rmSync(dir, { recursive: true, force: true });
  });

  const wan = async (): Promise<WanStatus['links'][number]> => {
    const asked = await askControl(controlPath(join(dir, 'agent')), 'wan');
    const { links } = assertOk(asked) as WanStatus;
    return links.find(({ name }) => name === 'wwan0') ?? { name: '' };
  };

  test('shows what the modem says, with who said it; what it says no more is gone', async () => {
    const link = await eventually(
      async () => {
        const seen = await wan();
        // answers that come late are of a later round
        return seen.cellId && seen.operator && seen.signal ? seen : undefined;
      },
      { what: 'a cell', timeoutMs: 60_000 },
    );
    assert.deepEqual(
      [link?.operator, link?.lac, link?.cellId, link?.technology, link?.signal, link?.registered].map((known) => [
        known?.value,
        known?.by,
      ]),
      ['00101', 0x1a2b, 0x1a2d001, 'LTE', -95, true].map((value) => [value, 'modem']),
    );
    const { stdout } = await run(process.execPath, [PROGRAM, '--config', configFile, 'wan']);
    assert.match(stdout, /^ {2}signal +-95 \(modem, since /m);
    sim.set({ registration: 2 });
    await eventually(async () => (await wan()).registered?.value === false, { what: 'lost', timeoutMs: 60_000 });
    await tty.unplug();
    await eventually(async () => (await wan()).registered === undefined, { what: 'unplugged', timeoutMs: 60_000 });
  });
});
