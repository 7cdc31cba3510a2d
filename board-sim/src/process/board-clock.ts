import { existsSync, readdirSync, rmSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Millis } from '@ewon-agent/contracts';
import type { BoardEvent } from '../core/board-event.ts';
import { faketimeOffset, isPossible, LOST_MS } from '../core/wall-clock.ts';

// The program on the board sees another wall clock than this machine: libfaketime stands between it and the C library
// and adds what is in DIR/clock. Monotonic time, and so every timer, goes on as it is.

/** `own` keeps the time without power, `lost` begins at 1970 whenever the power comes, as a board without a battery. */
export type ClockKind = 'own' | 'lost';

/** The wall clock of a board that has one of its own. */
export type BoardClock = {
  /** What makes a program see this clock. */
  readonly environment: Readonly<Record<string, string>>;
  powerOn(): Promise<void>;
  /** Every time that the program asks for from now on is moved. Rejects for a time that no kernel can be set to. */
  jump(jumpMs: Millis): Promise<void>;
  /** Removes what libfaketime leaves behind of a program that did not end by itself. */
  tidyAfter(pid: number): void;
};

export type BoardClockOptions = {
  readonly dir: string;
  readonly kind: ClockKind;
  /** Where libfaketime is; see {@link findFaketime}. */
  readonly library: string | undefined;
};

/** Makes the clock and switches the power on. Rejects when libfaketime is missing. */
export async function createBoardClock(
  { dir, kind, library }: BoardClockOptions,
  tell: (event: BoardEvent) => void,
): Promise<BoardClock> {
  if (!library) {
    throw new Error(
      '--clock needs libfaketime, which is not there; install the Debian package libfaketime or leave --clock out',
    );
  }
  const file = join(dir, 'clock');
  let aheadMs: Millis | undefined;
  const show = async (nextMs: Millis) => {
    // by rename: libfaketime ends a program that asks for the time when half a number is there
    await writeFile(`${file}.coming`, `${faketimeOffset(nextMs)}\n`);
    await rename(`${file}.coming`, file);
    aheadMs = nextMs;
    tell({ on: 'clock', aheadMs });
  };
  const powerOn = async () => {
    if (kind === 'lost') return show(LOST_MS - Date.now());
    if (aheadMs === undefined) return show(0);
  };
  await powerOn();
  return {
    environment: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1', // the next time that is asked for has jumped: 5 µs instead of 0.1 for each
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      NO_FAKE_STAT: '1', // a jump does not change the times of files that are there
    },
    powerOn,
    async jump(jumpMs) {
      const nextMs = (aheadMs ?? 0) + jumpMs;
      if (!isPossible(nextMs, Date.now())) throw new Error('a clock shows no time before 1970 or after 2199');
      await show(nextMs);
    },
    tidyAfter(pid) {
      // observed with libfaketime 0.9.10: the semaphore and shared memory of a process that was killed stay
      for (const name of [`faketime_shm_${pid}`, `sem.faketime_sem_${pid}`]) {
        rmSync(join('/dev/shm', name), { force: true });
      }
    },
  };
}

/**
 * Looks for libfaketime where its Debian package puts it, a folder per architecture: /usr/lib/x86_64-linux-gnu/faketime.
 * It is the one for programs with threads: with the other, about 5 in 1,000 times that four threads of Node asked for at
 * once were those of this machine (0.9.10).
 */
export function findFaketime(libraries = '/usr/lib'): string | undefined {
  return readdirSync(libraries)
    .map((folder) => join(libraries, folder, 'faketime', 'libfaketimeMT.so.1'))
    .find((path) => existsSync(path));
}
