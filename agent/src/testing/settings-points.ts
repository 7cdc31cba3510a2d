import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, findProgram } from '@ewon-agent/contracts/testing';
import { readLayers } from '../config/read-config.ts';
import { doStep, type SettingsStep, setStage } from './settings-writer.ts';

const WRITER = new URL('./settings-writer.ts', import.meta.url).pathname;
/** The calls by which something reaches the disk, or a name comes or goes. */
export const SETTINGS_CALLS = ['pwrite64', 'fsync', 'rename', 'unlink'] as const;
export type SettingsCall = (typeof SETTINGS_CALLS)[number];

/** What can be seen of what is set: the level that runs, the commits, the candidate, what is on trial. */
function seen(path: string): string {
  const read = readLayers(path);
  if (!read.ok) return read.fault.code;
  const { config, saved, fault } = read.value;
  const commits = saved?.commits.map(({ n }) => n).join();
  return `${config.log.level} ${commits} ${JSON.stringify(saved?.candidate?.settings)} ${saved?.trial?.until} ${fault?.code}`;
}

/** A place where a step can be done again and again. */
export async function createSettingsStage(step: SettingsStep) {
  const dir = mkdtempSync(join(tmpdir(), 'settings-points-'));
  const path = join(dir, 'config.json');
  const state = join(dir, 'state');
  const kept = join(state, 'settings.json');
  mkdirSync(state);
  const firmware = { serial: '1524-0071-21', model: 'Flexy 202', version: '14.6s0' };
  writeFileSync(path, JSON.stringify({ stateDir: 'state', slots: { sd0: { image: 'x' } }, firmware }));
  await setStage(path, step);
  const before = readFileSync(kept);
  const old = seen(path);
  assert.equal(await doStep(path, step), 'ok', step);
  const whole = seen(path);
  assert.notEqual(old, whole, step);

  async function traced(expression: string) {
    writeFileSync(kept, before);
    rmSync(`${kept}.new`, { force: true });
    const log = join(dir, 'calls');
    const call = expression.replace(/^\w+=/, '').split(':')[0];
    const inject = expression.startsWith('inject=') ? ['-e', expression] : [];
    const only = [state, kept, `${kept}.new`].flatMap((one) => ['-P', one]);
    const args = [
      '-f',
      '-qq',
      '-o',
      log,
      '-e',
      `trace=${call}`,
      ...inject,
      ...only,
      process.execPath,
      WRITER,
      path,
      step,
    ];
    const child = spawn(findProgram('strace') ?? '', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
    });
    await new Promise((ended) => child.once('close', ended));
    return { said, calls: readFileSync(log, 'utf8') };
  }

  return {
    /** How often each call is made: so many points there are. */
    async count(): Promise<Readonly<Record<SettingsCall, number>>> {
      const { calls } = await traced(`trace=${SETTINGS_CALLS.join()}`);
      const of = (call: SettingsCall) => [call, calls.match(new RegExp(`\\b${call}\\(`, 'g'))?.length ?? 0];
      return Object.fromEntries(SETTINGS_CALLS.map(of));
    },
    /** Interrupts the step at the n-th call: what is seen is what was, or what was to be; and the step can be done after it. */
    async interrupt(call: SettingsCall, nth: number, how: 'SIGKILL' | 'EIO' | 'ENOSPC'): Promise<void> {
      const at = `${step}, ${how} at ${call} ${nth}`;
      const does = how === 'SIGKILL' ? 'signal=SIGKILL' : `error=${how}`;
      const { said, calls } = await traced(`inject=${call}:${does}:when=${nth}`);
      if (!(how === 'SIGKILL' ? calls.includes('killed by SIGKILL') : calls.includes('(INJECTED)')))
        throw new Error(`${at}: there is no such call`);
      if (how !== 'SIGKILL') assert.equal(said, 'STATE_UNWRITABLE', at);
      const now = seen(path);
      assert.ok(now === whole || (now === old && said !== 'ok'), `${at}: ${now}`);
      if (now === old) assert.equal(await doStep(path, step), 'ok', at);
      assert.equal(seen(path), whole, at);
    },
    remove: () => rmSync(dir, { recursive: true }),
  };
}
