import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { firmwareImage } from '@ewon-agent/board-sim/core/ewon/firmware-image';
import { startEwon } from '@ewon-agent/board-sim/ewon/start-ewon';

/** The Ewon that a suite asks, and what may be done to it. */
export type EwonUnderTest = {
  readonly kind: 'simulated' | 'real';
  /** A tag of numbers that may be written to; none without one. */
  readonly tag: string | undefined;
  readonly mayHarm: 'yes' | 'no';
  /** Whether there is a firmware to give it. */
  readonly mayUpgrade: 'yes' | 'no';
  start(): Promise<StartedEwon>;
};
export type StartedEwon = {
  /** As the command takes it. */
  readonly host: string;
  readonly options: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** A folder that is gone afterwards. */
  readonly dir: string;
  /** The next firmware for it, under the vendor's name for that; none without one. */
  readonly firmware: { readonly path: string; readonly version: string } | undefined;
  close(): Promise<void>;
};

/**
 * Chooses the Ewon: simulated, or a real one where TEST_EWON is its host. A real one is asked as TEST_EWON_USER (adm) with EWON_PASSWORD, over
 * FTP on TEST_EWON_FTP_PORT (21); the tag TEST_EWON_TAG is written to, with the value that it has. What could harm it is done only where
 * TEST_EWON_HARM is `yes`: restarts, a restored backup, another Wi-Fi key; then TEST_EWON_FIRMWARE may be the file of a firmware and TEST_EWON_FIRMWARE_VERSION what the Ewon calls it (`15.0s4`).
 */
export function ewonUnderTest(env: Readonly<Record<string, string | undefined>>): EwonUnderTest {
  const host = env['TEST_EWON'];
  if (!host) return { kind: 'simulated', tag: 'Level', mayHarm: 'yes', mayUpgrade: 'yes', start: startSimulated };
  const mayHarm = env['TEST_EWON_HARM'] === 'yes' ? 'yes' : 'no';
  const { TEST_EWON_FIRMWARE: path, TEST_EWON_FIRMWARE_VERSION: version } = env;
  const firmware = path && version ? { path, version } : undefined;
  return {
    ...{ kind: 'real', mayHarm, tag: env['TEST_EWON_TAG'] },
    mayUpgrade: mayHarm === 'yes' && firmware ? 'yes' : 'no',
    async start() {
      const dir = mkdtempSync(join(tmpdir(), 'ewon-real-'));
      return {
        ...{ host, dir, firmware },
        options: ['--user', env['TEST_EWON_USER'] ?? 'adm', '--ftp-port', env['TEST_EWON_FTP_PORT'] ?? '21'],
        env: { EWON_PASSWORD: env['EWON_PASSWORD'] ?? '' },
        close: async () => rmSync(dir, { recursive: true }),
      };
    },
  };
}

/** Its restarts are shortened, not left out. It serves one at a time, and refuses who comes meanwhile. */
async function startSimulated(): Promise<StartedEwon> {
  const dir = mkdtempSync(join(tmpdir(), 'ewon-simulated-'));
  const path = join(dir, 'er15_0s2p21_ma.edf');
  writeFileSync(path, firmwareImage({ version: '15.0s2', product: '21', sizeBytes: 500_000 }));
  const ewon = await startEwon({
    ...{ serial: '1524-0071-21', firmware: '14.6s0', password: 'made up, only here' },
    tags: { Level: 40.5, Batch: 'A-17' },
    times: { rebootDelayMs: 100, bootMs: 300, firmwareBootMs: 300 },
  });
  await ewon.trouble({ whenBusy: 'refuses' });
  return {
    ...{ dir, host: new URL(ewon.url).host },
    options: ['--ftp-port', String(ewon.ftpPort)],
    env: { EWON_PASSWORD: ewon.password },
    firmware: { path, version: '15.0s2' },
    async close() {
      await ewon.close();
      rmSync(dir, { recursive: true });
    },
  };
}
