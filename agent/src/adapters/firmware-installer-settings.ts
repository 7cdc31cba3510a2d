import { err, ok, type Result } from '@ewon-agent/contracts';
import { parseComcfg } from '@ewon-agent/firmware-bridge/core/comcfg';
import { parseConfig } from '@ewon-agent/firmware-bridge/core/config-txt';
import { needsRestart } from '@ewon-agent/firmware-bridge/core/settings-change';
import { comcfgLost, configLost } from '@ewon-agent/firmware-bridge/core/settings-lost';
import type { InstallEvent } from '../core/firmware-install.ts';
import type { Job } from '../core/firmware-install-saved.ts';
import type { InstallDisk } from './firmware-installer-disk.ts';
import { type InstallEwon, readFile, readIfShown, writeFile } from './firmware-installer-ewon.ts';
import { START_FILE } from './firmware-installer-program.ts';

type Parts = { readonly ewon: InstallEwon; readonly disk: InstallDisk };

/** What every Ewon shows, and what not every one does. `backup.tar` is for people: an Ewon erases itself before it takes one. */
const NEEDED = ['comcfg.txt', 'config.txt'];
const OPTIONAL = ['program.bas', 'backup.tar', START_FILE];

/** Reads what there is to be kept, and keeps it. */
export async function backUp({ ewon, disk }: Parts, path: string): Promise<InstallEvent> {
  const files = new Map<string, Uint8Array>();
  for (const name of [...NEEDED, ...OPTIONAL]) {
    const read = NEEDED.includes(name) ? await readFile(ewon, name) : await readIfShown(ewon, name);
    if (!read.ok) return { on: 'failed', fault: read.fault };
    if (read.value) files.set(name.split('/').at(-1) ?? name, read.value);
  }
  // what cannot be read cannot be compared afterwards either
  const read = settingsOf({ comcfg: files.get('comcfg.txt'), config: files.get('config.txt') });
  const kept = read.ok ? disk.keepBackup(path, files) : read;
  return kept.ok ? { on: 'backedUp', backup: kept.value } : { on: 'failed', fault: kept.fault };
}

/** Names what is not as it was when the backup was made. */
export async function compare(parts: Parts, job: Job, absent: 'lost' | 'dropped'): Promise<InstallEvent> {
  const lost = await lostOf(parts, job, absent);
  if (!lost.ok) return { on: 'failed', fault: lost.fault };
  const { comcfg, config, program } = lost.value;
  return { on: 'compared', lost: [...comcfg.keys, ...config.keys, ...(program ? ['program.bas'] : [])] };
}

/** Gives back what was lost, and nothing else where that can be. */
export async function restore(parts: Parts, job: Job): Promise<InstallEvent> {
  const lost = await lostOf(parts, job, 'lost');
  if (!lost.ok) return { on: 'failed', fault: lost.fault };
  const { comcfg, config, program } = lost.value;
  const gifts: readonly (readonly [string, Uint8Array | undefined])[] = [
    ['comcfg.txt', comcfg.keys.length > 0 ? comcfg.bytes : undefined],
    ['config.txt', config.keys.length > 0 ? config.bytes : undefined],
    ['program.bas', program],
  ];
  for (const [name, bytes] of gifts) {
    const written = bytes ? await writeFile(parts.ewon, name, bytes) : ok(undefined);
    if (!written.ok) return { on: 'failed', fault: written.fault };
  }
  return { on: 'restored', restart: comcfg.keys.some((key) => needsRestart({ key })) ? 'needed' : 'no' };
}

type Lost = {
  readonly comcfg: { readonly keys: readonly string[]; readonly bytes: Uint8Array };
  readonly config: { readonly keys: readonly string[]; readonly bytes: Uint8Array };
  /** The BASIC program of the backup, where another stands there now. */
  readonly program: Uint8Array | undefined;
};

async function lostOf({ ewon, disk }: Parts, { backup }: Job, absent: 'lost' | 'dropped'): Promise<Result<Lost>> {
  const before = filesOf((name) => disk.backedUp(backup, name));
  if (!before.ok) return before;
  const [comcfg, config, basic] = [
    await readFile(ewon, 'comcfg.txt'),
    await readFile(ewon, 'config.txt'),
    before.value.program ? await readIfShown(ewon, 'program.bas') : ok(undefined),
  ];
  if (!comcfg.ok) return comcfg;
  if (!config.ok) return config;
  if (!basic.ok) return basic;
  const then = settingsOf(before.value);
  const now = settingsOf({ comcfg: comcfg.value, config: config.value });
  if (!then.ok) return then;
  if (!now.ok) return now;
  const { program } = before.value;
  const isProgramLost = program !== undefined && Buffer.compare(program, basic.value ?? new Uint8Array()) !== 0;
  return ok({
    comcfg: comcfgLost(then.value.comcfg, now.value.comcfg, absent),
    config: {
      keys: configLost(then.value.config, now.value.config, absent),
      bytes: before.value.config ?? new Uint8Array(),
    },
    program: isProgramLost ? program : undefined,
  });
}

type Files = { readonly comcfg: Uint8Array | undefined; readonly config: Uint8Array | undefined };

function filesOf(
  read: (name: string) => Result<Uint8Array | undefined>,
): Result<Files & { readonly program: Uint8Array | undefined }> {
  const [comcfg, config, program] = [read('comcfg.txt'), read('config.txt'), read('program.bas')];
  if (!comcfg.ok) return comcfg;
  if (!config.ok) return config;
  return program.ok ? ok({ comcfg: comcfg.value, config: config.value, program: program.value }) : program;
}

function settingsOf({ comcfg: comcfgBytes, config: configBytes }: Files) {
  if (!comcfgBytes || !configBytes) return err('LOCAL_FILE_BAD', 'the backup has no comcfg.txt or no config.txt');
  const [comcfg, config] = [parseComcfg(comcfgBytes), parseConfig(configBytes)];
  if (!comcfg.ok) return comcfg;
  return config.ok ? ok({ comcfg: comcfg.value, config: config.value }) : config;
}
