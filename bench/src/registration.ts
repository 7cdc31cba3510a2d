import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundledAgent } from '@ewon-agent/e2e/bundles';
import { serialOf, startAgentBoard } from './agent-board.ts';
import type { Bench } from './bench.ts';
import { durableWriteMs, handshakeMs } from './reference.ts';
import { register } from './register.ts';
import { type RegistrationRun, registrationAnswer } from './registration-page.ts';
import { BROKERS, openStage, type Stage } from './stage.ts';
import { createWitness, type Witness } from './witness.ts';

const RUNS = 50;

/** Card in → pending, and approve → online, seen by this process at the account's HTTP API. */
export const registrationBench: Bench = {
  name: 'registration',
  title: 'Registration: card in → pending, approve → online',
  about: `${RUNS} runs with the embedded broker and ${RUNS} with Mosquitto, about 4 minutes`,
  async run({ runs = RUNS }, say) {
    const dir = mkdtempSync(join(tmpdir(), 'ewon-bench-'));
    const stages: Stage[] = [];
    const witnesses: Witness[] = [];
    try {
      const agent = await bundledAgent(join(dir, 'bundle'));
      for (const broker of BROKERS) stages.push(await openStage(broker, join(dir, broker)));
      for (const { account } of stages) witnesses.push(await createWitness(account.api));
      const done: RegistrationRun[] = [];
      // taken in turns, so that a slow minute of the machine is everybody's
      for (let run = 1; run <= runs; run++) {
        for (const [i, stage] of stages.entries()) {
          const witness = witnesses[i];
          if (!witness) throw new Error('this is a bug: a stage without witness');
          done.push(await registerOne(stage, witness, { run, dir: join(dir, stage.broker, `run-${run}`), agent }));
        }
        say(`run ${run} of ${runs}: ${lineOf(done.slice(-stages.length))}`);
      }
      return registrationAnswer(done);
    } finally {
      for (const witness of witnesses) witness.close();
      for (const stage of stages) await stage.close();
      rmSync(dir, { recursive: true, force: true });
    }
  },
};

type Place = { readonly run: number; readonly dir: string; readonly agent: string };

async function registerOne(stage: Stage, witness: Witness, place: Place): Promise<RegistrationRun> {
  const { account, broker } = stage;
  const serial = serialOf(place.run);
  const onBoard = await startAgentBoard(place.dir, serial, place.agent);
  try {
    const reference = {
      durableWriteMs: durableWriteMs(place.dir),
      handshakeMs: await handshakeMs(account.deviceUrl, readFileSync(account.ca, 'utf8')),
    };
    const { deviceId, ...times } = await register({ onBoard, stage, witness, serial });
    await onBoard.board.power.cut();
    await account.api.send('DELETE', `/api/v1/ewons/${deviceId}`); // the lists stay as short as in the first run
    return { broker, ...times, ...reference };
  } finally {
    await onBoard.board.stop();
    rmSync(place.dir, { recursive: true, force: true });
  }
}

function lineOf(runs: readonly RegistrationRun[]): string {
  const text = ({ broker, pendingMs, onlineMs }: RegistrationRun) =>
    `${broker} pending ${Math.round(pendingMs)} ms, online ${Math.round(onlineMs)} ms`;
  return runs.map(text).join(' · ');
}
