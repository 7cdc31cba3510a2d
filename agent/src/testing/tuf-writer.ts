import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { createSystemClock } from '../adapters/clock-system.ts';
import { directoryTufSource } from '../adapters/tuf-directory.ts';
import { createTufRepository } from '../adapters/tuf-repository.ts';

// A process that refreshes what is trusted of a repository, and downloads the last patch on offer. Tests kill it, or let its calls
// fail. Lines: `refresh OUTCOME VERSIONS`, `download OUTCOME`, `closed`.

/** Opens the repository in a directory, whose source is another one. */
export function openTufIn(dir: string, card: string, sha256: string, tell: (code: string) => void) {
  return createTufRepository({
    ...{ dir: join(dir, 'tuf'), downloads: join(dir, 'patches') },
    ...{ source: directoryTufSource(card), clock: createSystemClock(), anchor: () => ({ sha256 }) },
    tell: ({ code }) => tell(code),
  });
}

/** Says line by line what is done. */
export async function lookForPatches(port: ReturnType<typeof openTufIn>, say: (line: string) => void): Promise<void> {
  const { signal } = new AbortController();
  const read = await port.refresh(signal);
  const held = read.ok ? `ok ${read.value.held.root} ${read.value.held.targets}` : read.fault.code;
  say(`refresh ${held}`);
  const patch = read.ok ? read.value.patches.at(-1) : undefined;
  if (patch) {
    const brought = await port.download(patch, { signal, received: () => {} });
    say(`download ${brought.ok ? 'ok' : brought.fault.code}`);
  }
  say('closed');
}

const [dir, card = '', sha256 = ''] = process.argv.slice(2);
if (dir !== undefined && import.meta.main) {
  await lookForPatches(
    openTufIn(dir, card, sha256, (code) => writeSync(1, `told ${code}\n`)),
    (line) => writeSync(1, `${line}\n`),
  );
}
