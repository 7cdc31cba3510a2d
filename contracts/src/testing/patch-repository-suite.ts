import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { PatchRepositoryPort, PatchWatch } from '../ports/patch.ts';
import type { Patch, PatchCustom } from '../schema/patch.ts';
import { assert, assertFault, assertOk, suite } from './suite.ts';

/** A device and a repository that a test may change. */
export type PatchRepositoryFixture = {
  /** Opens the port, each time as after a restart. */
  open(): PatchRepositoryPort;
  /** Publishes a target with this `custom`; those from before stay on offer. */
  offer(path: string, bytes: Buffer, custom: unknown): unknown;
  /** Puts back all that was there before the last `offer`. */
  replay(): unknown;
  /** Publishes again, so that it has expired by now. */
  expire(): unknown;
  /** Puts other bytes in the place of a target's, or none at all. */
  spoil(path: string, bytes: Buffer | undefined): unknown;
  /** How many files were asked for so far, where the source can tell. */
  asked?(): number;
  close(): unknown;
};

/** Longer than what is held in memory or sent at once. */
const LENGTH = 300_000;
const CUSTOM: PatchCustom = {
  ...{ kind: 'agent', version: '1.4.2', productCodes: [], from: [], requires: [], cves: ['CVE-2026-0001'] },
  ...{ severity: 'high', rebootNeeded: false },
};

/** The obligations of {@link PatchRepositoryPort}. */
export function patchRepositorySuite(
  name: string,
  makeFixture: () => PatchRepositoryFixture | Promise<PatchRepositoryFixture>,
): void {
  suite(name, (test) => {
    const on = (sentence: string, body: (fixture: PatchRepositoryFixture) => Promise<void>) =>
      test(sentence, async () => {
        const fixture = await makeFixture();
        try {
          await body(fixture);
        } finally {
          await fixture.close();
        }
      });
    const onOffer = (sentence: string, body: (tried: PatchRepositoryFixture & { patch: Patch }) => Promise<void>) =>
      on(sentence, async (fixture) => {
        await fixture.offer('agent-1.4.2.tar', content(1), CUSTOM);
        await body({ ...fixture, patch: await offered(fixture.open(), 'agent-1.4.2.tar') });
      });

    on('what is offered is read as it was signed; what is no patch is left out', async ({ open, offer }) => {
      await offer('agent-1.4.2.tar', content(1), CUSTOM);
      await offer('readme.txt', Buffer.from('a target of somebody else'), { kind: 'text' });
      const read = assertOk(await refresh(open()));
      const patch = read.patches.find(({ path }) => path === 'agent-1.4.2.tar');
      assert.deepEqual([patch?.length, patch?.custom], [LENGTH, CUSTOM]);
      assert.ok(!read.patches.some(({ path }) => path === 'readme.txt'));
      assert.ok(read.held.root >= 1 && read.held.targets >= 1 && Date.parse(read.held.expiresAt) > 0);
    });

    onOffer('versions do not go back, also after a restart: TUF_ROLLBACK', async ({ open, offer, replay, patch }) => {
      await offer('agent-1.4.3.tar', content(2), { ...CUSTOM, version: '1.4.3' });
      await offered(open(), 'agent-1.4.3.tar');
      await replay();
      assertFault(await refresh(open()), 'TUF_ROLLBACK');
      await offer('agent-1.4.3.tar', content(2), { ...CUSTOM, version: '1.4.3' });
      await offer('agent-1.4.4.tar', content(3), { ...CUSTOM, version: '1.4.4' });
      assert.deepEqual(await offered(open(), patch.path), patch);
    });

    onOffer('after a refresh that was refused, what was offered before can be had', async ({ open, expire, patch }) => {
      await expire();
      assertFault(await refresh(open()), 'TUF_FROZEN');
      assertOk(await download(open(), patch));
    });

    onOffer('a download is what was signed, and how far it is was told', async ({ open, patch, asked }) => {
      const told: number[] = [];
      const { file } = assertOk(await download(open(), patch, (bytes) => told.push(bytes)));
      assert.deepEqual(readFileSync(file), content(1));
      assert.equal(told.at(-1), LENGTH);
      assert.deepEqual(
        told.toSorted((a, b) => a - b),
        told,
      );
      const before = asked?.();
      assert.equal(assertOk(await download(open(), patch)).file, file);
      assert.equal(asked?.(), before, 'what is here is not asked for again');
    });

    onOffer('an aborted download is PATCH_STOPPED; it goes on where it was after a restart', async (tried) => {
      const { open, patch, asked } = tried;
      const stop = new AbortController();
      const stopAtHalf = (bytes: number) => bytes > LENGTH / 2 && stop.abort();
      const watch = { signal: stop.signal, received: stopAtHalf };
      assertFault(await open().download(patch, watch), 'PATCH_STOPPED');
      const before = asked?.();
      assertFault(await open().download(patch, watch), 'PATCH_STOPPED');
      assert.equal(asked?.(), before, 'nothing is asked for after it');
      const told: number[] = [];
      const { file } = assertOk(await download(open(), patch, (bytes) => told.push(bytes)));
      assert.ok((told[0] ?? 0) > LENGTH / 2, `goes on at ${told[0]}`);
      assert.deepEqual(readFileSync(file), content(1));
    });

    onOffer('other bytes than were signed: TUF_TARGET_WRONG, thrown away, and brought anew', async (tried) => {
      const { open, patch, spoil } = tried;
      await spoil(patch.path, content(9));
      assertFault(await download(open(), patch), 'TUF_TARGET_WRONG');
      await spoil(patch.path, content(1).subarray(1));
      assertFault(await download(open(), patch), 'TUF_TARGET_WRONG');
      await spoil(patch.path, Buffer.concat([content(1), Buffer.from('x')]));
      assertFault(await download(open(), patch), 'TUF_ENDLESS');
      await spoil(patch.path, undefined);
      assertFault(await download(open(), patch), 'TUF_UNREACHABLE');
      await spoil(patch.path, content(1));
      const { file } = assertOk(await download(open(), patch));
      assert.deepEqual(readdirSync(dirname(file)).length, 1, 'nothing else is left');
    });

    onOffer('wrong software: a patch that was not offered, or not like that, is not brought', async (tried) => {
      const { open, patch, asked } = tried;
      const before = asked?.();
      for (const other of [{ path: 'other.tar' }, { sha256: 'a'.repeat(64) }, { length: LENGTH + 1 }])
        assertFault(await download(open(), { ...patch, ...other }), 'TUF_TARGET_UNKNOWN');
      assert.equal(asked?.(), before);
    });

    onOffer('only what is named is kept, also of what is here in part', async ({ open, offer, patch }) => {
      await offer('agent-1.4.3.tar', content(2), { ...CUSTOM, version: '1.4.3' });
      const other = await offered(open(), 'agent-1.4.3.tar');
      const { file } = assertOk(await download(open(), patch));
      const stop = new AbortController();
      await open().download(other, { signal: stop.signal, received: () => stop.abort() });
      await open().keepOnly([patch.sha256]);
      assert.deepEqual(readdirSync(dirname(file)).length, 1);
      await open().keepOnly([]);
      assert.ok(!existsSync(file));
      await open().keepOnly([]);
    });

    onOffer('a refresh that is told to stop asks for nothing more', async ({ open, asked }) => {
      const before = asked?.();
      assertFault(await open().refresh(AbortSignal.abort()), 'PATCH_STOPPED');
      assert.equal(asked?.(), before);
    });
  });
}

function refresh(port: PatchRepositoryPort) {
  return port.refresh(new AbortController().signal);
}

async function offered(port: PatchRepositoryPort, path: string): Promise<Patch> {
  const { patches } = assertOk(await refresh(port));
  return patches.find((patch) => patch.path === path) ?? assert.fail(`${path} is not offered`);
}

function download(port: PatchRepositoryPort, patch: Patch, received: PatchWatch['received'] = () => {}) {
  return port.download(patch, { signal: new AbortController().signal, received });
}

/** Bytes of which no part is like another. */
function content(seed: number): Buffer {
  return Buffer.from(Uint32Array.from({ length: LENGTH / 4 }, (_, i) => i * 7919 + seed).buffer);
}
