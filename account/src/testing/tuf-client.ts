import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Millis } from '@ewon-agent/contracts';
import { type Fetcher, Updater } from 'tuf-js';
import { DownloadHTTPError } from 'tuf-js/dist/error.js';

/** Where a client reads: a file by its name below the repository. */
export type ReadFile = (name: string) => Uint8Array | undefined;

/** A client of tuf-js that keeps what it trusts, as a device does. */
export type TufClient = {
  /** Reads the repository; rejects with what tuf-js refuses it for. @returns the names of the patches */
  refresh(read: ReadFile, nowMs: Millis): Promise<readonly string[]>;
  /** Reads a patch, verified. */
  download(read: ReadFile, nowMs: Millis, path: string): Promise<Uint8Array>;
  /** The version that it trusts of a role. */
  version(role: string): number;
  close(): void;
};

const BASE = 'https://account.test/aspu';

/** @param root bytes of the first root that it trusts */
export function createTufClient(root: Uint8Array): TufClient {
  const folder = mkdtempSync(join(tmpdir(), 'ewon-tuf-'));
  writeFileSync(join(folder, 'root.json'), root);
  const open = (read: ReadFile, nowMs: Millis): Updater => {
    const updater = new Updater({
      ...{ metadataDir: folder, metadataBaseUrl: BASE, fetcher: fetcherOf(read) },
      ...{ targetDir: folder, targetBaseUrl: `${BASE}/targets` },
    });
    // it takes the time of the process, and has no other way to be told
    Object.assign(Reflect.get(updater, 'trustedSet'), { referenceTime: new Date(nowMs) });
    return updater;
  };
  const held = (role: string) => JSON.parse(readFileSync(join(folder, `${role}.json`), 'utf8')).signed;
  return {
    async refresh(read, nowMs) {
      await open(read, nowMs).refresh();
      return Object.keys(held('targets').targets);
    },
    async download(read, nowMs, path) {
      const updater = open(read, nowMs);
      const target = await updater.getTargetInfo(path);
      if (!target) throw new Error(`no patch ${path}`);
      return new Uint8Array(readFileSync(await updater.downloadTarget(target, join(folder, 'patch'))));
    },
    version: (role) => held(role).version,
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function fetcherOf(read: ReadFile): Fetcher {
  const bytesAt = (url: string): Buffer => {
    const bytes = read(url.slice(BASE.length + 1));
    if (!bytes) throw new DownloadHTTPError('Failed to download', 404);
    return Buffer.from(bytes);
  };
  return {
    downloadBytes: async (url) => bytesAt(url),
    async downloadFile(url, _, take) {
      const folder = mkdtempSync(join(tmpdir(), 'ewon-tuf-'));
      try {
        writeFileSync(join(folder, 'part'), bytesAt(url));
        return await take(join(folder, 'part'));
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  };
}
