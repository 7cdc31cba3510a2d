import { startEwon } from '@ewon-agent/board-sim/ewon/start-ewon';
import { SECOND_MS } from '@ewon-agent/contracts';

/** The Ewon that a suite asks, and what may be done to it. */
export type EwonUnderTest = {
  readonly kind: 'simulated' | 'real';
  /** A tag of numbers that may be written to; none without one. */
  readonly tag: string | undefined;
  readonly mayHarm: 'yes' | 'no';
  start(): Promise<StartedEwon>;
};
export type StartedEwon = {
  /** As the command takes it. */
  readonly host: string;
  readonly options: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
};

/**
 * Chooses the Ewon: simulated, or a real one where TEST_EWON is its host. A real one is asked as TEST_EWON_USER (adm) with EWON_PASSWORD, over
 * FTP on TEST_EWON_FTP_PORT (21); the tag TEST_EWON_TAG is written to, with the value that it has. What could harm it is done only where
 * TEST_EWON_HARM is `yes`.
 */
export function ewonUnderTest(env: Readonly<Record<string, string | undefined>>): EwonUnderTest {
  const host = env['TEST_EWON'];
  if (!host) return { kind: 'simulated', tag: 'Level', mayHarm: 'yes', start: startSimulated };
  return {
    kind: 'real',
    tag: env['TEST_EWON_TAG'],
    mayHarm: env['TEST_EWON_HARM'] === 'yes' ? 'yes' : 'no',
    start: async () => ({
      host,
      options: ['--user', env['TEST_EWON_USER'] ?? 'adm', '--ftp-port', env['TEST_EWON_FTP_PORT'] ?? '21'],
      env: { EWON_PASSWORD: env['EWON_PASSWORD'] ?? '' },
      close: async () => {},
    }),
  };
}

/** Its restarts are shortened, not left out. */
async function startSimulated(): Promise<StartedEwon> {
  const ewon = await startEwon({
    password: 'made up, only here',
    tags: { Level: 40.5, Batch: 'A-17' },
    times: { rebootDelayMs: 100, bootMs: SECOND_MS, firmwareBootMs: SECOND_MS },
  });
  return {
    host: new URL(ewon.url).host,
    options: ['--ftp-port', String(ewon.ftpPort)],
    env: { EWON_PASSWORD: ewon.password },
    close: () => ewon.close(),
  };
}
