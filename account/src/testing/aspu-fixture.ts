import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { ClockPort, Patch } from '@ewon-agent/contracts';
import { assertOk } from '@ewon-agent/contracts/testing';
import { createRandomNode } from '../adapters/random-node.ts';
import { addPatch, initRepository, type KeyCount, revokePatch, rotateKeys } from '../aspu/draft.ts';
import type { OnStep } from '../aspu/files.ts';
import { readKeyFile } from '../aspu/keys.ts';
import { openOnlineKeys } from '../aspu/online-keys.ts';
import { publish } from '../aspu/publish.ts';
import { type AspuDesk, alone, aspuShelves } from '../aspu/repository.ts';
import { signDrafts } from '../aspu/sign.ts';
import { takeFile } from '../aspu/take-file.ts';
import type { AspuRole } from '../core/aspu-names.ts';
import { createVault } from '../secrets/vault.ts';
import type { ReadFile } from './tuf-client.ts';

/** Where the time of a repository in a test begins. */
export const ASPU_START_MS = Date.parse('2026-03-01T12:00:00Z');
export const ROOT_KEYS: KeyCount = { keys: 3, threshold: 2 };

/** A repository of patches in a folder, with all that people do to it. */
export type AspuFixture = ReturnType<typeof openAspuFixture>;

/** @param served state directory of an account server, whose secrets and clock the repository has then */
export function openAspuFixture(served?: { readonly stateDir: string; readonly clock: Pick<ClockPort, 'now'> }) {
  const folder = mkdtempSync(join(tmpdir(), 'ewon-aspu-'));
  const random = createRandomNode();
  const masterKey = served ? new Uint8Array(readFileSync(join(served.stateDir, 'master.key'))) : random.bytes(32);
  const vault = createVault(masterKey, random);
  let passedMs = 0;
  const nowMs = () => (served?.clock.now() ?? ASPU_START_MS) + passedMs;
  let sticks = 0;
  const stateDir = served?.stateDir ?? join(folder, 'state');
  const deskIn = (state: string, onStep?: OnStep): AspuDesk => {
    const shelves = aspuShelves(state, onStep);
    return { ...shelves, keys: openOnlineKeys(shelves.draft, () => vault), nowMs: nowMs() };
  };
  const desk = (onStep?: OnStep) => deskIn(stateDir, onStep);
  const newStick = () => join(folder, `stick-${++sticks}`);
  const fixture = {
    folder,
    stateDir,
    desk,
    deskIn,
    now: nowMs,
    pass: (ms: number) => {
      passedMs += ms;
    },
    newStick,
    /** Key files of a stick, of one role or of all. */
    keyFiles: (stick: string, role = ''): readonly string[] =>
      readdirSync(stick)
        .filter((name) => name.startsWith(role))
        .map((name) => join(stick, name)),
    init(root = ROOT_KEYS, targets: KeyCount = { keys: 1, threshold: 1 }): string {
      const stick = newStick();
      assertOk(initRepository(desk(), random, { folder: stick, root, targets }));
      return stick;
    },
    sign: (files: readonly string[]) =>
      signDrafts(
        desk(),
        files.map((file) => assertOk(readKeyFile(file))),
      ),
    publish: (onStep?: OnStep) => {
      const at = desk(onStep);
      return alone(at, 0, () => publish(at));
    },
    rotate(role: AspuRole): string {
      const stick = newStick();
      assertOk(rotateKeys(desk(), random, { role, folder: stick }));
      return stick;
    },
    async add(path: string, content = `content of ${path}`): Promise<Patch> {
      const from = join(folder, 'from');
      writeFileSync(from, content);
      const { file, length, sha256 } = await takeFile(from, join(stateDir, 'aspu-draft/incoming'));
      const at = desk();
      return assertOk(alone(at, 0, () => addPatch(at, { path, length, sha256, custom: CUSTOM }, file)));
    },
    revoke: (path: string) => revokePatch(desk(), path),
    /** What a client reads now. */
    read: readIn(join(stateDir, 'aspu')),
    /** The same repository in another folder. */
    copy(): string {
      const to = mkdtempSync(join(folder, 'copy-'));
      cpSync(stateDir, to, { recursive: true });
      return to;
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
  return fixture;
}

/** Reads files of a folder as they are at that moment. */
export function readIn(folder: string): ReadFile {
  return (name) => {
    const at = join(folder, name);
    return statSync(at, { throwIfNoEntry: false })?.isFile() ? new Uint8Array(readFileSync(at)) : undefined;
  };
}

/** All that is in a folder now, with its bytes. */
export function filesIn(folder: string): ReadonlyMap<string, Buffer> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && !entry.name.startsWith('.'), // nobody reads what is being written
  );
  return new Map(
    names.map(({ parentPath, name }) => {
      const at = join(parentPath, name);
      return [relative(folder, at), readFileSync(at)];
    }),
  );
}

const CUSTOM: Patch['custom'] = {
  ...{ kind: 'agent', version: '1.4.2', productCodes: ['arm64'], from: [], requires: [] },
  ...{ cves: ['CVE-2024-33895'], severity: 'high', rebootNeeded: false },
};
