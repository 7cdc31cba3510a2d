import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { QemuBoard } from '@ewon-agent/board-sim/qemu/controls';
import { bundledProgram } from '../bundles.ts';
import { fillOnBoard } from '../fill-on-board.ts';
import { type EwonPlace, FAST } from '../firmware/ewon-place.ts';
import type { InstallOnBoard } from './install-on-board.ts';

/** Where the agent as installed has journal and backups. */
const DIR = '/var/lib/ewon-agent/firmware';
const HOST = '10.0.2.2';
/** In the memory of the board. */
const UNPACKED = '/tmp/installer';
/** The board is slow in emulation, and waits no longer than the Ewon needs. */
const LIMITS = {
  ...FAST,
  stepMs: 60_000,
  checkMs: 10_000,
  beginsMs: 10_000,
  firmwareMs: 120_000,
  restartMs: 120_000,
  fileMs: 300_000,
};
const IMAGE = { product: '21', sizeBytes: 200_000 } as const;

/** Bundles the program that installs, as one file: it unpacks the parts that are loaded on demand. @returns its path */
export async function bundleInstaller(outdir: string): Promise<string> {
  const entry = await bundledProgram(outdir, join(import.meta.dirname, 'install-on-board.ts'));
  const names = readdirSync(outdir).filter((name) => name.endsWith('.mjs'));
  const files = names.map((name) => [name, readFileSync(join(outdir, name), 'utf8')]);
  const whole = join(outdir, 'packed.mjs');
  writeFileSync(
    whole,
    `import { mkdirSync, writeFileSync } from 'node:fs';
mkdirSync('${UNPACKED}', { recursive: true });
for (const [name, text] of ${JSON.stringify(files)}) writeFileSync('${UNPACKED}/' + name, text);
await import('${UNPACKED}/${basename(entry)}');
`,
  );
  return whole;
}

/** What of the place the program is told. */
export function givenBy({ ewon, good }: EwonPlace): Pick<InstallOnBoard, 'password' | 'patch' | 'image'> {
  return { password: ewon.password, patch: good.patch, image: IMAGE };
}

/** As an argument of the program. */
export function packed(given: InstallOnBoard): string {
  return Buffer.from(JSON.stringify(given)).toString('base64');
}

/**
 * Installs the good firmware of the place from the board, with the rights of the agent, which is stopped meanwhile.
 * @param hear is told each step
 * @returns the last line: `ok`, or why not. Rejects when the power was cut
 */
export async function installFromBoard(
  board: QemuBoard,
  program: string,
  place: EwonPlace,
  hear: (step: string) => void,
): Promise<string> {
  const { url, ftpPort, user } = place.options;
  const reach = { url: `http://${HOST}:${new URL(url).port}`, user, dir: DIR, limits: LIMITS };
  const options = { ...reach, ...(ftpPort !== undefined && { ftpPort }) };
  const given = { ...{ options, work: UNPACKED }, ...givenBy(place) };
  let last = '';
  await fillOnBoard({
    ...{ board, program, args: [packed(given)] },
    hear(line) {
      last = line;
      hear(line);
      return undefined;
    },
  });
  return last;
}

/** What is on the disk of the board beside whole backups. */
export async function leftOnBoard({ guest }: QemuBoard): Promise<readonly string[]> {
  const { stdout } = await guest.run(`cd ${DIR} && find . -mindepth 1 | sort`);
  return stdout.split('\n').filter((path) => path !== '' && !/^\.\/backups(\/\d{6}-[^/]+(\/[^/]+)?)?$/.test(path));
}
