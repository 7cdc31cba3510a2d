import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Fault, type Millis, ok, type Patch, type RepositoryRead, type Result } from '@ewon-agent/contracts';
import { assertOk } from '@ewon-agent/contracts/testing';
import { createTufRepository, type TufAnchor } from '../adapters/tuf-repository.ts';
import type { TufSource } from '../adapters/tuf-source.ts';
import { testClock } from './test-clock.ts';
import type { TestRepository } from './tuf-repository.ts';

/** A source that reads the files of a test repository, and says what was asked for. */
export function memoryTufSource(files: ReadonlyMap<string, Buffer>, pieceBytes = 1000) {
  const asked: string[] = [];
  const said: { dateMs?: Millis } = {};
  const source: TufSource = {
    async open(path, { from = 0 }) {
      asked.push(from > 0 ? `${path} from ${from}` : path);
      const bytes = files.get(decodeURIComponent(path));
      if (!bytes) return ok({ is: 'missing', ...said });
      let at = from;
      return ok({
        ...{ is: 'open', from, totalBytes: bytes.length, ...said },
        async next() {
          const piece = bytes.subarray(at, at + pieceBytes);
          at += piece.length;
          return ok(piece.length > 0 ? piece : undefined);
        },
        close() {},
      });
    },
  };
  return { source, asked, said };
}

export type TufSite = ReturnType<typeof tufSite>;

/** A device with a repository, in a directory of its own, at a clock that the test moves. */
export function tufSite(repo: TestRepository, { source }: { readonly source?: TufSource } = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'tuf-'));
  const memory = memoryTufSource(repo.files);
  const told: Fault[] = [];
  const time = { clockMs: repo.now.ms };
  const anchor: { named: TufAnchor | undefined } = { named: { sha256: repo.firstRoot() } };
  const { clock, pass } = testClock();
  const open = (from: TufSource = source ?? memory.source) =>
    createTufRepository({
      ...{ dir: join(dir, 'tuf'), downloads: join(dir, 'patches'), source: from },
      clock: { ...clock, now: () => time.clockMs },
      ...{ anchor: () => anchor.named, tell: (fault: Fault) => void told.push(fault) },
    });
  return {
    ...{ dir, told, time, anchor, open, pass, source: source ?? memory.source, asked: memory.asked, said: memory.said },
    /** As after a restart: nothing is known but what is on the disk. */
    refresh: (from?: TufSource): Promise<Result<RepositoryRead>> => open(from).refresh(new AbortController().signal),
    async offered(): Promise<Patch> {
      const [patch] = assertOk(await this.refresh()).patches;
      if (!patch) throw new Error('no patch is offered');
      return patch;
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}
