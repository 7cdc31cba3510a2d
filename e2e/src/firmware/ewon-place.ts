import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createFirmwareInstaller,
  type FirmwareInstaller,
  type FirmwareInstallerOptions,
  openParts,
} from '@ewon-agent/agent/adapters/firmware-installer';
import type { InstallLimits } from '@ewon-agent/agent/adapters/firmware-installer-ewon';
import { readFile } from '@ewon-agent/board-sim/core/ewon/files';
import { firmwareFileName, firmwareImage } from '@ewon-agent/board-sim/core/ewon/firmware-image';
import { type JavaOrders, JVMRUN } from '@ewon-agent/board-sim/core/ewon/java-program';
import { type EwonOptions, type SimulatedEwon, startEwon } from '@ewon-agent/board-sim/ewon/start-ewon';
import type { Patch } from '@ewon-agent/contracts';
import type { PatchFile, PatchPlace } from '@ewon-agent/contracts/suites/patch-installer-suite';
import { assertOk, eventually } from '@ewon-agent/contracts/testing';
import { installKilledAt } from './kill-point.ts';

/** Restarts are shortened, not left out. That of the simulated Ewon begins after 4 ms in this process, so whoever waits for it waits as long as it does. */
export const FAST: InstallLimits = {
  ...{
    stepMs: 5000,
    checkMs: 500,
    beginsMs: 500,
    firmwareMs: 30_000,
    restartMs: 30_000,
    fileMs: 30_000,
    lookEveryMs: 4,
  },
};
/** A disk that is flushed some twenty times in each of many installations; none of them asks what a power cut leaves. */
const MEMORY = '/dev/shm';
/** What somebody has set: none of it is as the factory has it. */
const OWN_FILES = [
  ['config.txt', ':System\r\nIdentification:Pump 7\r\nNtpEnable:1\r\n'],
  ['program.bas', 'REM made up\r\n'],
] as const;
const BOTH: JavaOrders = { watchdog: 'on', restart: 'on' };

/** A simulated Ewon with a Java program, settings of its own and a firmware that it takes, and the disk of the agent beside it. */
export type EwonPlace = Omit<PatchPlace, 'open'> & {
  open(): FirmwareInstaller;
  readonly ewon: SimulatedEwon;
  /** The disk of the installer. */
  readonly dir: string;
  readonly options: FirmwareInstallerOptions;
  /** Makes a patch and its file. */
  make(version: string, how?: { readonly product?: string; readonly custom?: Partial<Patch['custom']> }): PatchFile;
};

export type PlaceOptions = Omit<EwonOptions, 'java'> & {
  /** Without one where this is undefined. */
  readonly java?: JavaOrders | undefined;
  readonly limits?: Partial<InstallLimits>;
};

/** Makes the place. */
export async function createEwonPlace(options: PlaceOptions = {}): Promise<EwonPlace> {
  const base = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), 'firmware-'));
  const dir = join(base, 'state');
  const passwordFile = join(base, 'password');
  const ewon = await startEwon({
    ...{ serial: '1524-0071-21', firmware: '14.6s0', password: 'made up, only here', java: BOTH },
    comcfg: { PdpApn: 'internet', EthIP: '10.0.0.9', PIN: '1234' },
    tags: { Level: 40.5, Batch: 'A-17' },
    times: { rebootDelayMs: 4, bootMs: 8, firmwareBootMs: 12 },
    ...options,
  });
  writeFileSync(passwordFile, ewon.password);
  const { url, ftpPort, user } = ewon;
  const reach = { url, ftpPort, user, passwordFile, dir, limits: { ...FAST, ...options.limits } };
  const { files } = (await openParts(reach)).ewon;
  for (const [name, text] of OWN_FILES) assertOk(await files.write(name, onePiece(text), { wholeMs: FAST.fileMs }));
  const make: EwonPlace['make'] = (version, { product = '21', custom } = {}) => {
    const bytes = firmwareImage({ version, product, sizeBytes: 200_000 });
    const path = firmwareFileName({ version, product });
    const file = join(base, path);
    writeFileSync(file, bytes);
    return { file, patch: patchOf(path, bytes, { version, ...custom }) };
  };
  const text = (name: string) => Buffer.from(readFile(ewon.state(), name, 0) ?? '').toString('latin1');
  const asItWas = ['/comcfg.txt', '/config.txt', '/program.bas', JVMRUN].map(
    (name) => [name, plain(text(name))] as const,
  );
  const rests = async () => {
    await eventually(() => ewon.state().at === 'running' && !ewon.state().reboot, { what: 'an Ewon at rest' });
  };
  return {
    ...{ ewon, dir, options: reach, make },
    before: { version: ewon.state().device.firmware, productCode: '21' },
    good: make('14.9s3'),
    // its name and its patch say that it is for this Ewon, and the image is for another
    bad: { ...make('14.9s4', { product: '24' }), codes: ['PATCH_DECLINED'] },
    open: () => createFirmwareInstaller(reach),
    killed: async (at, wanted) => installKilledAt(await openParts(reach), wanted, at),
    async runs() {
      await rests();
      return ewon.state().device.firmware;
    },
    async leftOver() {
      await rests();
      const changed = asItWas.filter(([name, was]) => plain(text(name)) !== was).map(([name]) => `${name} is another`);
      const { userFiles, java, javaRuns } = ewon.state();
      const files = [...userFiles.keys()].filter((name) => name !== JVMRUN);
      return [...changed, ...files, ...(java === javaRuns ? [] : ['its program does not run']), ...leftOnDisk(dir)];
    },
    async close() {
      await ewon.close();
      rmSync(base, { recursive: true });
    },
  };
}

async function* onePiece(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text, 'latin1');
}

function patchOf(
  path: string,
  bytes: Uint8Array,
  custom: Partial<Patch['custom']> & { readonly version: string },
): Patch {
  return {
    ...{ path, length: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') },
    custom: {
      ...{ kind: 'ewon-firmware', productCodes: ['21'], from: [], requires: [], cves: [], severity: 'high' },
      ...{ rebootNeeded: true, ...custom },
    },
  };
}

/** Newer firmware encrypts in another way (`#_5` → `#_6`), which is none of our doing. */
function plain(text: string): string {
  return text.replace(/#_\d_[A-Za-z0-9+/=]*/g, '#');
}

/** What is on the disk beside whole backups, of which there are four at most. */
function leftOnDisk(dir: string): readonly string[] {
  const names = namesIn(dir).filter((name) => name !== 'backups');
  const backups = namesIn(join(dir, 'backups'));
  const whole = backups.filter(
    (name) => /^\d{6}-[\w.-]+$/.test(name) && namesIn(join(dir, 'backups', name)).includes('config.txt'),
  );
  return [...names, ...backups.filter((name) => !whole.includes(name)), ...whole.slice(4)];
}

function namesIn(dir: string): readonly string[] {
  try {
    return readdirSync(dir);
  } catch {
    return []; // the installer makes it when it has something to keep
  }
}
