// test-timeout: 600 s
// test-alone
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RegistrationView } from '@ewon-agent/account/http/views';
import { createRandom, freshSeed } from '@ewon-agent/board-sim/sim/random-sim';
import { assert, eventually, suite } from '@ewon-agent/contracts/testing';
import { type AccountProcess, sameAddresses, startAccountProcess } from '../src/account-process.ts';
import { type Kill, type Lane, openLane, STAGES, type Stretches } from './kill-story.ts';
import { createWitness, type Witness } from './witness.ts';

/** KILLS=all takes a hundred, for a soak. */
const ROUNDS = process.env['KILLS'] === 'all' ? 100 : 40;
const ACCOUNT_ROUNDS = 10;
/** Stories that are told at once: the agent's start is what takes long, and it takes one core. */
const LANES = 2;

/** Most of a story's measured length is the account seeing the Ewon online; kills after that tell little. */
const REACH = 0.7;

const seed = Number(process.env['SEED'] ?? freshSeed());
const random = createRandom(seed);
const pick = (): Kill => ({
  stage: STAGES[Math.floor(random.fraction() * STAGES.length)] ?? 'started',
  fraction: random.fraction(),
});
// drawn beforehand, so that the same seed gives the same kills whichever lane is quicker
const kills = Array.from({ length: ROUNDS }, pick);
const accountKills = Array.from({ length: ACCOUNT_ROUNDS }, pick);

const after = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const serialOf = (group: number, round: number) => `${2000 + group}-${String(round).padStart(4, '0')}-21`;
const medianOf = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

type Cast = { readonly account: AccountProcess; readonly witness: Witness; readonly lane: Lane };

/** Tells the story once without a kill. @returns how long its stretches took */
async function rehearse({ account, witness, lane }: Cast, serial: string): Promise<Stretches> {
  const startedMs = performance.now();
  const agent = await lane.load(serial);
  await agent.statusUntil(() => true, 'started');
  const insertedMs = performance.now();
  await lane.insert();
  const { id } = await witness.pending(serial);
  const approvedMs = performance.now();
  await account.api.send('POST', `/api/v1/registrations/${id}/approve`);
  await witness.online(serial);
  const endMs = performance.now();
  return { started: endMs - startedMs, inserted: endMs - insertedMs, approved: endMs - approvedMs };
}

/** Tells the story with one kill. @returns how far the agent was then */
async function story({ account, witness, lane }: Cast, serial: string, kill: Kill, took: Stretches): Promise<string> {
  await lane.board.slots.sd0.remove();
  if (kill.stage === 'started') await lane.insert();
  const agent = await lane.load(serial);
  const startedMs = performance.now();
  const approved = witness
    .pending(serial)
    .then(({ id }) => account.api.send('POST', `/api/v1/registrations/${id}/approve`));
  approved.catch(() => {}); // awaited below
  if (kill.stage !== 'started') {
    await agent.statusUntil(() => true, 'started');
    await lane.insert();
  }
  const from = kill.stage === 'started' ? startedMs : performance.now();
  if (kill.stage === 'approved') await witness.pending(serial);
  const fromMs = kill.stage === 'approved' ? performance.now() : from;
  await after(fromMs + kill.fraction * REACH * took[kill.stage] - performance.now());
  const phase = await lane.kill();
  await lane.board.power.on();
  await approved;
  await agent.statusUntil(({ uplink }) => uplink.state === 'online', 'online', 60_000);
  await witness.online(serial);
  return phase;
}

async function assertOne({ api }: AccountProcess, serial: string): Promise<void> {
  const all = await api.get<readonly RegistrationView[]>('/api/v1/registrations');
  const asked = all.filter((row) => row.serial === serial);
  assert.deepEqual(
    asked.map(({ state }) => state),
    ['approved'],
    `${serial}: exactly one registration`,
  );
  const ewons = (await api.ewons()).filter((row) => row.serial === serial);
  assert.deepEqual(
    ewons.map(({ link, deviceId }) => [link, deviceId]),
    [['linked', asked[0]?.deviceId]],
    `${serial}: exactly one Ewon`,
  );
}

suite(`kill -9 (SEED=${seed})`, { timeoutMs: 420_000 }, (test) => {
  let dir: string;
  let account: AccountProcess;
  let card: string;
  test.before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'kill-'));
    account = await startAccountProcess(join(dir, 'account'));
    card = join(dir, 'card.img');
    writeFileSync(card, await account.api.cardImage('kill'));
  });
  test.after(async () => {
    await account.kill();
    rmSync(dir, { recursive: true, force: true });
  });

  test(`of the agent at ${ROUNDS} random moments: always exactly one registration, never two, never stuck`, async () => {
    const witness = await createWitness(account.api);
    const phases = new Map<string, number>();
    const roundsMs: number[] = [];
    let next = 0;
    const play = async (lane: Lane, number: number): Promise<void> => {
      const cast = { account, witness, lane };
      const took = await rehearse(cast, serialOf(9, number));
      for (let round = next++; round < ROUNDS; round = next++) {
        const [serial, kill] = [serialOf(0, round), kills[round] ?? pick()];
        const beganMs = performance.now();
        try {
          const phase = await story(cast, serial, kill, took);
          await assertOne(account, serial);
          phases.set(phase, (phases.get(phase) ?? 0) + 1);
        } catch (cause) {
          next = ROUNDS; // one story that went wrong is enough
          throw new Error(`SEED=${seed}, round ${round}, ${JSON.stringify({ ...kill, took })}`, { cause });
        }
        roundsMs.push(performance.now() - beganMs);
      }
    };
    const numbers = Array.from({ length: LANES }, (_, number) => number);
    const lanes = await Promise.all(numbers.map((number) => openLane(join(dir, `board${number}`), card)));
    try {
      await Promise.all(lanes.map(play));
    } finally {
      await Promise.all(lanes.map((lane) => lane.close()));
      witness.close();
    }
    const ewons = await account.api.ewons();
    assert.equal(ewons.length, ROUNDS + LANES);
    const where = [...phases].map(([phase, times]) => `${phase} ${times}`).join(', ');
    process.stdout.write(
      `SEED=${seed}: ${ROUNDS} kills, round median ${Math.round(medianOf(roundsMs))} ms: ${where}\n`,
    );
    assert.ok(phases.size >= 4, `the kills came in too few phases: ${where}`);
  });

  test(`of the account at ${ACCOUNT_ROUNDS} random moments: it comes back, and there is one registration`, async () => {
    const lane = await openLane(join(dir, 'board-a'), card);
    const roundsMs: number[] = [];
    try {
      for (const [round, { fraction }] of accountKills.entries()) {
        const serial = serialOf(1, round);
        const beganMs = performance.now();
        await lane.board.slots.sd0.remove();
        const agent = await lane.load(serial);
        await agent.statusUntil(() => true, 'started');
        await lane.insert();
        const approving = approveWhenPending(() => account, serial);
        await after(fraction * 600); // a story takes about half a second from the insertion on
        await account.kill('SIGKILL');
        account = await startAccountProcess(join(dir, 'account'), sameAddresses(account));
        await approving;
        await agent.statusUntil(({ uplink }) => uplink.state === 'online', `${serial} online`, 60_000);
        await eventually(
          async () => (await account.api.ewons()).some((row) => row.serial === serial && row.status === 'online'),
          { what: `${serial} seen online`, timeoutMs: 60_000 },
        );
        await assertOne(account, serial);
        roundsMs.push(performance.now() - beganMs);
      }
    } finally {
      await lane.close();
    }
    process.stdout.write(`${ACCOUNT_ROUNDS} kills of the account, round median ${Math.round(medianOf(roundsMs))} ms\n`);
  });
});

/** Approves as a person would who tries again while the server is away. */
async function approveWhenPending(account: () => AccountProcess, serial: string): Promise<void> {
  const done = async () => {
    const { api } = account();
    if ((await api.ewons()).some((row) => row.serial === serial)) return true;
    const waiting = (await api.pending()).find((row) => row.serial === serial);
    if (waiting) await api.send('POST', `/api/v1/registrations/${waiting.id}/approve`);
    return waiting !== undefined;
  };
  await eventually(done, { what: `${serial} approved`, timeoutMs: 60_000 });
}
