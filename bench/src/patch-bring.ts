import { join } from 'node:path';
import { createSystemClock } from '@ewon-agent/agent/adapters/clock-system';
import { youngGarbageCollector } from '@ewon-agent/agent/adapters/collect-garbage';
import { directoryTufSource } from '@ewon-agent/agent/adapters/tuf-directory';
import { httpTufSource } from '@ewon-agent/agent/adapters/tuf-http';
import { createTufRepository } from '@ewon-agent/agent/adapters/tuf-repository';
import { assertOk } from '@ewon-agent/contracts/suites/assertions';
import type { PatchOrder } from './patch-child.ts';

/** Reads a repository for the first time and brings the only patch in it, by the agent's own parts. */
export async function bringPatch({ from, firstRoot, into }: PatchOrder): Promise<void> {
  const clock = createSystemClock();
  const { open, close } =
    'directory' in from ? { ...directoryTufSource(from.directory), close() {} } : httpTufSource({ ...from, clock });
  const repository = createTufRepository({
    ...{
      dir: join(into, 'trust'),
      downloads: join(into, 'downloads'),
      source: { open },
      clock,
      collectGarbage: youngGarbageCollector(),
    },
    anchor: () => ({ sha256: firstRoot }),
    tell: ({ code, detail }) => {
      throw new Error(`${code}: ${detail}`);
    },
  });
  const { signal } = new AbortController();
  const [patch] = assertOk(await repository.refresh(signal)).patches;
  if (!patch) throw new Error('this is a bug: a repository without a patch');
  assertOk(await repository.download(patch, { signal, received: () => {} }));
  close();
}
