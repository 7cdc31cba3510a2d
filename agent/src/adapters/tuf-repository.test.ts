import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256Hex } from '@ewon-agent/contracts';
import { type PatchRepositoryFixture, patchRepositorySuite } from '@ewon-agent/contracts/suites/patch-repository-suite';
import { createTestCa } from '../testing/test-pki.ts';
import { makeTufRepository } from '../testing/tuf-repository.ts';
import { startTufServer } from '../testing/tuf-server.ts';
import { createSystemClock } from './clock-system.ts';
import { directoryTufSource } from './tuf-directory.ts';
import { httpTufSource } from './tuf-http.ts';
import { createTufRepository } from './tuf-repository.ts';
import type { TufSource } from './tuf-source.ts';

const ca = await createTestCa();
const identity = await ca.issue('none');
const clock = createSystemClock();

/** A repository of tests as the suite changes it, behind a source. `shown` is called after each change. */
function fixture(shown: (files: ReadonlyMap<string, Buffer>) => void, source: TufSource, repo = makeTufRepository()) {
  const dir = mkdtempSync(join(tmpdir(), 'tuf-'));
  const placeOf = new Map<string, string>();
  let before = new Map(repo.files);
  shown(repo.files);
  return {
    dir,
    open: () =>
      createTufRepository({
        ...{ dir: join(dir, 'tuf'), downloads: join(dir, 'patches'), source, clock },
        anchor: () => ({ sha256: repo.firstRoot() }),
        tell: () => {},
      }),
    offer(path: string, bytes: Buffer, custom: unknown) {
      before = new Map(repo.files);
      repo.put(path, bytes, custom);
      placeOf.set(path, `targets/${sha256Hex(bytes)}.${path}`);
      repo.publishAll();
      shown(repo.files);
    },
    replay() {
      repo.files.clear();
      for (const [path, bytes] of before) repo.files.set(path, bytes);
      shown(repo.files);
    },
    expire() {
      repo.publish('timestamp', { expiresMs: Date.now() - 1000 });
      shown(repo.files);
    },
    spoil(path: string, bytes: Buffer | undefined) {
      const place = placeOf.get(path) ?? '';
      if (bytes) repo.files.set(place, bytes);
      else repo.files.delete(place);
      shown(repo.files);
    },
    close: () => rmSync(dir, { recursive: true, force: true }),
  } satisfies PatchRepositoryFixture & { dir: string };
}

patchRepositorySuite('repository of patches over HTTPS', async () => {
  const repo = makeTufRepository();
  const server = await startTufServer(repo.files, identity);
  const source = httpTufSource({ base: server.base, ca: ca.pem, clock });
  const made = fixture(() => {}, source, repo);
  return {
    ...made,
    asked: () => server.asked.length,
    async close() {
      source.close();
      await server.close();
      made.close();
    },
  };
});

patchRepositorySuite('repository of patches on a card', () => {
  const card = mkdtempSync(join(tmpdir(), 'tuf-card-'));
  const repo = makeTufRepository();
  const made = fixture(
    (files) => {
      rmSync(card, { recursive: true, force: true });
      repo.writeTo(card);
      writeFileSync(join(card, 'README.txt'), `${files.size} files`);
    },
    directoryTufSource(card),
    repo,
  );
  return {
    ...made,
    close() {
      made.close();
      rmSync(card, { recursive: true, force: true });
    },
  };
});
