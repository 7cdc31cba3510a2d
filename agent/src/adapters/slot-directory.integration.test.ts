import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseSlotId, type SlotChange } from '@ewon-agent/contracts';
import { type CardToInsert, filesOnCard, slotSuite } from '@ewon-agent/contracts/suites/slot-suite';
import { assert, assertFault, assertOk, eventually, suite } from '@ewon-agent/contracts/testing';
import { withOwnMounts } from '../testing/own-mounts.ts';
import { createSystemClock } from './clock-system.ts';
import { createDirectorySlots } from './slot-directory.ts';

withOwnMounts(import.meta.filename);

const USB1 = assertOk(parseSlotId('usb1'));
const NEEDS = { needs: ['unshare', 'mount'] } as const;
/** As docs/hardware.md wants a card mounted, but writable, so that it can be filled. */
const SAFE = 'nosuid,nodev,noexec,nosymfollow';

/** A mountpoint at which file systems in memory come and go, filled before they are seen. */
function createMountpoint() {
  const root = mkdtempSync(join(tmpdir(), 'mounts-'));
  const [dir, aside] = [join(root, 'usb1'), join(root, 'aside')];
  for (const made of [dir, aside]) mkdirSync(made);
  const mount = (...args: readonly string[]) => execFileSync('mount', args);
  // lazy, as when a card is pulled: it may be looked at right now
  const umount = () => execFileSync('umount', ['--lazy', dir]);
  let mounted = 0;
  return {
    root,
    dir,
    port: createDirectorySlots(new Map([[USB1, dir]]), createSystemClock()),
    put(card: CardToInsert, options = SAFE) {
      mount('-t', 'tmpfs', '-o', `size=1m,${options}`, 'card', aside);
      for (const { name, bytes } of filesOnCard(card)) writeFileSync(join(aside, name), bytes);
      mount('--move', aside, dir);
      mounted += 1;
    },
    remount: (options: string) => mount('-o', `remount,bind,${options}`, dir),
    remove() {
      umount();
      mounted -= 1;
    },
    close() {
      for (; mounted > 0; mounted -= 1) umount();
      rmSync(root, { recursive: true });
    },
  };
}

slotSuite(
  'slot of a mounted directory',
  () => {
    const { port, put, remove, close } = createMountpoint();
    const replace = (card: CardToInsert) => {
      remove();
      put(card);
    };
    return { port, slot: USB1, insert: put, remove, replace, close };
  },
  { ...NEEDS, media: 'mounted' },
);

suite('slot of a mounted directory, the mounts', NEEDS, (test) => {
  type Mountpoint = ReturnType<typeof createMountpoint> & { seen(count: number): Promise<string> };
  const on = (sentence: string, body: (point: Mountpoint) => Promise<void>) =>
    test(sentence, async () => {
      const point = createMountpoint();
      const changes: SlotChange[] = [];
      const watch = await point.port.watch((change) => void changes.push(change));
      const seen = async (count: number) => {
        await eventually(() => changes.length >= count, { what: `${count} changes (${changes.length} so far)` });
        const last = changes.at(-1);
        return last?.on === 'CardInserted' ? last.insertion : '';
      };
      try {
        await body({ ...point, seen });
      } finally {
        await watch.stop();
        point.close();
      }
    });
  const card = { t2mTxt: Buffer.from('T2MKey:'), otherFiles: [] };

  for (const missing of ['nosuid', 'nodev', 'noexec']) {
    on(`a card that is mounted without ${missing} is neither read nor written`, async ({ put, port, seen }) => {
      put(
        card,
        SAFE.split(',')
          .filter((option) => option !== missing)
          .join(),
      );
      const insertion = await seen(1);
      assert.match(assertFault(await port.read(USB1, insertion), 'CARD_MOUNT_UNSAFE').detail, new RegExp(missing));
      assertFault(await port.mark(USB1, insertion, { wipe: true }), 'CARD_MOUNT_UNSAFE');
    });
  }

  on('a card that is mounted read-only is read, and not written', async ({ put, remount, port, seen }) => {
    put(card);
    remount(`ro,${SAFE}`);
    const insertion = await seen(1);
    assertOk(await port.read(USB1, insertion));
    assertFault(await port.mark(USB1, insertion, { wipe: true }), 'CARD_UNWRITABLE');
  });

  on(
    'files below a mountpoint are no card while something is mounted there',
    async ({ dir, put, remove, port, seen }) => {
      writeFileSync(join(dir, 'T2M.txt'), 'below');
      await seen(1);
      put(card);
      const mounted = await seen(3);
      assert.equal(Buffer.from(assertOk(await port.read(USB1, mounted)).t2mTxt ?? []).toString(), 'T2MKey:');
      remove();
      const below = await seen(5);
      assert.equal(Buffer.from(assertOk(await port.read(USB1, below)).t2mTxt ?? []).toString(), 'below');
    },
  );

  on('after five mounts a file that changes is still noticed', async ({ dir, put, remove, seen }) => {
    for (let round = 1; round <= 5; round += 1) {
      put(card);
      await seen(2 * round - 1);
      remove();
      await seen(2 * round);
    }
    put(card);
    const before = await seen(11);
    writeFileSync(join(dir, 'T2M.txt'), 'changed');
    assert.notEqual(await seen(13), before);
  });
});
