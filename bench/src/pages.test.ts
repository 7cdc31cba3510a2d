import { assert, suite } from '@ewon-agent/contracts/testing';
import { boardAnswer } from './board-page.ts';
import { consoleAnswer } from './console-page.ts';
import { type DrainRun, drainAnswer } from './drain-page.ts';
import { fleetAnswer } from './fleet-page.ts';
import { footprintAnswer, type ResidentName } from './footprint-page.ts';
import { ingestAnswer } from './ingest-page.ts';
import { listsAnswer } from './lists-page.ts';
import { mapAnswer } from './map-page.ts';
import { OUTSTANDING, outboxAnswer } from './outbox-page.ts';
import { pageAnswer } from './page-page.ts';
import { type PatchHeld, type PatchRound, patchAnswer } from './patch-page.ts';
import { type RegistrationRun, registrationAnswer } from './registration-page.ts';
import type { Resident } from './resident.ts';
import type { BrokerName } from './stage.ts';
import { startAnswer } from './start-page.ts';

const run: RegistrationRun = {
  broker: 'embedded',
  pendingMs: 100,
  onlineMs: 200,
  approvalMs: 30,
  sentMs: 60,
  durableWriteMs: 1,
  handshakeMs: 4,
};

function holding(kib: number): Resident {
  return {
    memory: [{ pssKib: kib, privateDirtyKib: kib / 2, rssKib: kib * 2 }],
    cpuMs: 10,
    sleeps: 4,
    wireBytes: 1024,
  };
}

suite('what the benches say', (test) => {
  test('console: each load has its own figures, with its peers beside them', () => {
    const key = { agent: 2, bash: 1, cat: 0.5 };
    const { body } = consoleAnswer([
      { ...key, load: 'idle' },
      { ...key, load: 'draining', agent: 30 },
      { ...key, load: 'draining', agent: 10 },
    ]);
    assert.match(body, /\| \*\*agent\*\*, its console, agent idle \| 1 \| 2.00 \| 2.00 \| 2.00 \|/);
    assert.match(body, /\| \*\*agent\*\*, its console, agent draining \| 2 \| 20.0 \| 29.8 \| 30.0 \|/);
    assert.match(body, /at most 20 ms/);
  });

  test('registration: each broker has its own figures, with the machine and the documented peer beside them', () => {
    const { body } = registrationAnswer([
      run,
      { ...run, pendingMs: 300 },
      { ...run, broker: 'Mosquitto', onlineMs: 77 },
    ]);
    assert.match(body, /\| card in → pending, embedded \| 2 \| 200 \|.*\| median ≤ 500 \|/);
    assert.match(body, /the agent's: request saved and being sent, Mosquitto \| 1 \| 60\.0 \|.*\| median ≤ 100 \|/);
    assert.match(body, /\| approve → online, Mosquitto \| 1 \| 77\.0 \|/);
    assert.match(body, /\*machine:\* one TLS handshake, Mosquitto \| 1 \| 4\.00 \|/);
    assert.match(body, /documented and not measured/);
  });

  test('board: the kernel has its own share, and the emulator its ratio', () => {
    const runs = [
      { slot: 'usb1', kernelMs: 400, pendingMs: 1000 },
      { slot: 'sd0', kernelMs: 100, pendingMs: 500 },
    ] as const;
    const { body } = boardAnswer(runs, [{ hostMs: 10, guestMs: 120 }]);
    assert.match(body, /\| USB stick in → pending \| 1 \| 1000 \|/);
    assert.match(body, /\| its first part, the kernel's: in → block device \| 1 \| 100 \|/);
    assert.match(body, /board \/ here \(ratio\) \| 1 \| 12\.0 \|/);
    assert.match(body, /USB stick 50\.0 ms, SD card 33\.3 ms/);
  });

  test('footprint: the ratio is to the floor, for PSS and Private_Dirty', () => {
    const seen = new Map<ResidentName, Resident>([
      ['bare', holding(10_240)],
      ['floor', holding(20_480)],
      ['idle', holding(23_552)],
    ]);
    const { body } = footprintAnswer(seen, { seconds: 60, warmUpSeconds: 30 });
    assert.match(body, /\| floor program \| 20\.0 \(20\.0–20\.0\) \| 1\.00 \| 10\.0 \(10\.0–10\.0\) \| 1\.00 \|/);
    assert.match(
      body,
      /\*\*agent\*\*.* \| 23\.0 \(23\.0–23\.0\) \| 1\.15 \| 11\.5 \(11\.5–11\.5\) \| 1\.15 \|.* 0\.60 \| 4\.00 \| 1440 \|/,
    );
    assert.match(body, /for 60 s, after 30 s of warming up/);
  });

  test('footprint: without a floor there is nothing to compare with', () => {
    assert.throws(
      () => footprintAnswer(new Map([['idle', holding(1)]]), { seconds: 60, warmUpSeconds: 30 }),
      /this is a bug/,
    );
  });

  test('start: one row for each kind of start', () => {
    const { body } = startAnswer([{ nodeMs: 40, firstWatchingMs: 400, watchingMs: 250, onlineMs: 300 }]);
    assert.match(body, /registered → online \| 1 \| 300 \|/);
    assert.match(body, /`node -e 0`, start to end \| 1 \| 40\.0 \|/);
  });

  test('ingest: each kind of message beside its own floor, with the ratio', () => {
    const { body } = ingestAnswer([
      { channel: 'event', devices: 1, perSecond: 20_000, floorPerSecond: 40_000 },
      { channel: 'telemetry', devices: 100, perSecond: 9000, floorPerSecond: 12_000 },
    ]);
    assert.match(body, /\*\*account\*\*, events, 1 device \| 1 \| 20000 \|.*\| 0\.50 \|/);
    assert.match(body, /floor, telemetry, 100 devices \| 1 \| 12000 \|.*\| 1\.00 \|/);
  });

  test('fleet: a row of rates and a row of costs for each fleet', () => {
    const steps = { registrations: 600, approvals: 500, grants: 400, connections: 300, events: 9000 };
    const cpuMs = { registrations: 1.5, approvals: 2, grants: 1, connections: 3, events: 0.1 };
    const { body } = fleetAnswer([
      {
        broker: 'embedded',
        devices: 5000,
        ...steps,
        cpuMs,
        floorRegistrations: 1200,
        playersCpuMs: 2,
        floorCpuMs: 0.5,
        idleCpuPercent: 1,
        pssMib: 700,
        rssMib: 800,
        kibPerDevice: 99,
      },
    ]);
    assert.match(body, /\| 5,000, embedded \| 600 \| 500 \| 400 \| 300 \| 9000 \|/);
    assert.match(body, /\| 5,000, embedded \| 600 \| 1200 \| 0\.50 \| 1\.50 \| 0\.50 \| 3\.0 \| 2\.00 \|/);
    assert.match(body, /\| 5,000, embedded \| 1\.50 \| 2\.00 \| 1\.00 \| 3\.00 \| 0\.10 \| 700 \| 99\.0 \| 1\.00 \|/);
  });

  test('map: each fleet has its rows, the thousand its aim, and usable is drawn and answered', () => {
    const visit = { nothingMs: 20, drawnMs: 300, answeredMs: 50, heapMib: 12, accountPssMib: 150 };
    const { body } = mapAnswer([
      { devices: 1000, ...visit },
      { devices: 1000, ...visit, drawnMs: 500 },
      { devices: 5000, ...visit },
    ]);
    assert.match(body, /\| navigation → drawn and a click answered, 1,000 Ewons \| 2 \| 450 \|.*\| < 1000 \|/);
    assert.match(body, /\| navigation → drawn and a click answered, 5,000 Ewons \| 1 \| 350 \|.*\| {2}\|/);
    assert.match(body, /\| heap of the page's scripts, 5,000 Ewons \| 1 \| 12\.0 \|/);
  });

  test('page: interactive is shown and a key answered, and only accounts have an aim', () => {
    const visit = { shownMs: 300, keyMs: 20, foundMs: 40, busyMs: 60, shownKib: 100, wholeKib: 200, heapMib: 12 };
    const { body } = pageAnswer([
      { of: 'bare page', ...visit },
      { of: '10 Ewons', ...visit, accountPssMib: 150 },
      { of: '10 Ewons', ...visit, shownMs: 500, accountPssMib: 170 },
    ]);
    assert.match(body, /\| navigation → first row, and a key answered, 10 Ewons \| 2 \| 420 \|.*\| < 1000 \|/);
    assert.match(body, /\| navigation → first row, and a key answered, bare page \| 1 \| 320 \|.*\| {2}\|/);
    assert.match(body, /\| MiB PSS of the account, 10 Ewons \| 2 \| 160 \|/);
    assert.ok(!body.includes('PSS of the account, bare page'));
  });

  test('outbox: rate and wait for each number under way, the rate as a ratio to the floor', () => {
    const round = (who: 'floor' | (typeof OUTSTANDING)[number], perSecond: number) => ({
      who,
      perSecond,
      p50Ms: 1,
      p99Ms: 4,
      durableWriteMs: 2,
    });
    const { body } = outboxAnswer([round('floor', 40_000), ...OUTSTANDING.map((who) => round(who, 20_000))], 300);
    assert.match(body, /\| 64 under way \| 1 \| 20000 \|.*\| 0\.50 \| ≥ 10000 \|/);
    assert.match(body, /\| 64 under way \| 1\.00 \| 1 \| 4\.00 \|.*\| p99 ≤ 5 \|/);
    assert.match(body, /messages of 300 bytes/);
  });
});

suite('the page of the drain bench', (test) => {
  const drained = (tookMs: number, cpuMs: number) => ({ count: 1000, tookMs, cpuMs });
  const run = (broker: BrokerName, agentMs: number): DrainRun => ({
    ...{ broker, count: 1000, agentMs, bareMs: 100, bridgeMs: 200, accountCpuMs: 50 },
    agentToPuback: drained(125, 40),
    bareToPuback: drained(100, 30),
  });

  test('ratios are of each run, by what a run had to send; each broker has its rows', () => {
    const { figures, body } = drainAnswer([run('embedded', 100), run('embedded', 400), run('embedded', 200)], 7);
    const [{ puback, committed }] = (figures as { brokers: [{ puback: object; committed: object }] }).brokers;
    assert.equal(Reflect.get(puback, 'timesBare'), 0.8);
    assert.equal(Reflect.get(puback, 'agentCpuUs'), 40);
    assert.equal(Reflect.get(committed, 'timesBare'), 0.5);
    assert.equal(Reflect.get(committed, 'timesBridge'), 1);
    assert.equal(Reflect.get(committed, 'accountCpuUs'), 50);
    assert.match(body, /with 7 in flight as well/);
    assert.equal(body.match(/^\|.*embedded/gm)?.length, 5);
    assert.equal(body.match(/^\|.*, Mosquitto[ :|]/gm), null);
  });
});

suite('the page of the patch bench', (test) => {
  const round: PatchRound = {
    ...{ floorMs: 100, directoryMs: 200, httpsMs: 300, processMs: 400, installMs: 200, extractMs: 400, nodeMs: 50 },
  };
  const { installMs: _, ...without } = round;
  const of = (pssMib: number) => ({ pssKib: pssMib * 1024, privateDirtyKib: 0, rssKib: 2 * pssMib * 1024 });
  const held = (['directory', 'HTTPS'] as const).flatMap((from) =>
    (['first', 'second'] as const).map((nth): PatchHeld => ({ from, nth, idle: of(30), most: of(35.5) })),
  );
  const size = { patchBytes: 32 * 2 ** 20 };

  test('ratios are of each round, memory is what is more than idle', () => {
    const rounds = [round, { ...round, httpsMs: 500, installMs: 1000 }, { ...round, httpsMs: 800 }];
    const { body } = patchAnswer(rounds, held, { ...size, why: undefined });
    assert.match(body, /same file of 32 MiB/);
    assert.match(body, /running, over HTTPS \| 3 \| 500 \|.*\| 1\.50 \| 1\.25 \| 5\.00 \| ≤ 2 × install \|/);
    assert.match(
      body,
      /first patch of a process, over HTTPS \| 30\.0 \| 1 \| 5\.50 \|.*\| 11\.0 \| 11\.0 \| PSS ≤ 20 \|/,
    );
    assert.match(body, /second patch of a process, from a directory \| 30\.0 \| 1 \| 5\.50 \|/);
  });

  test('where a bundle cannot be mounted it says why, and compares with the rest', () => {
    const { body } = patchAnswer([without], held, { ...size, why: 'only root mounts a bundle' });
    assert.match(body, /was not measured: only root mounts a bundle/);
    assert.match(body, /running, from a directory \| 1 \| 200 \|.*\| 200 \| {2}\| 0\.50 \| 2\.00 \|/);
    assert.equal(body.includes('its service running'), false);
  });
});

suite('the page of the lists bench', (test) => {
  test('all questions of a database together, the slowest of them, and who is late', () => {
    const asked = (['PostgreSQL', 'SQLite'] as const).flatMap((database) => [
      { database, what: 'quick', ms: 10 },
      { database, what: 'slow', ms: database === 'SQLite' ? 300 : 100 },
    ]);
    const sizes = { lines: 1_000_000, mib: 120, seconds: 30, beforeMib: 100, firstHalfMib: 150, peakMib: 151 };
    const { body } = listsAnswer(asked, [{ database: 'PostgreSQL', ...sizes }]);
    assert.match(body, /all questions, PostgreSQL \| 2 \| 55\.0 \|.*\| p95 < 200 \|/);
    assert.match(body, /Questions whose p95 is 200 ms or more: slow, SQLite\./);
    assert.match(body, /PostgreSQL, 1,000,000 lines \| 120 \| 30\.0 \| 100 \| 150 \| 151 \|/);
  });
});
