import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseSlotId, type SlotChange } from '@ewon-agent/contracts';
import { type CardToInsert, filesOnCard, slotSuite } from '@ewon-agent/contracts/suites/slot-suite';
import { assert, assertFault, assertOk, eventually, suite } from '@ewon-agent/contracts/testing';
import { createSystemClock } from './clock-system.ts';
import { createDirectorySlots } from './slot-directory.ts';

const USB1 = assertOk(parseSlotId('usb1'));

/** A directory that another program fills: it puts a whole one in place, or takes it away. */
function createFolder() {
  const root = mkdtempSync(join(tmpdir(), 'folder-'));
  const dir = join(root, 'usb1');
  let made = 0;
  return {
    root,
    dir,
    port: createDirectorySlots(new Map([[USB1, dir]]), createSystemClock()),
    put(card: CardToInsert) {
      const coming = join(root, `coming${++made}`);
      mkdirSync(coming);
      writeCard(coming, card);
      rmSync(dir, { recursive: true, force: true });
      renameSync(coming, dir);
    },
    remove: () => rmSync(dir, { recursive: true }),
    close: () => rmSync(root, { recursive: true }),
  };
}

function writeCard(dir: string, card: CardToInsert): void {
  for (const { name, bytes } of filesOnCard(card)) writeFileSync(join(dir, name), bytes);
}

slotSuite(
  'slot of a directory that another program fills',
  () => {
    const { port, put, remove, close } = createFolder();
    return { port, slot: USB1, insert: put, remove, replace: put, close };
  },
  { media: 'files' },
);

suite('slot of a directory, the files', (test) => {
  type Folder = ReturnType<typeof createFolder> & {
    readonly changes: readonly SlotChange[];
    seen(count: number): Promise<string>;
  };
  const on = (sentence: string, body: (folder: Folder) => Promise<void>) =>
    test(sentence, async () => {
      const folder = createFolder();
      mkdirSync(folder.dir);
      const changes: SlotChange[] = [];
      const watch = await folder.port.watch((change) => void changes.push(change));
      const seen = async (count: number) => {
        await eventually(() => changes.length >= count, { what: `${count} changes (${changes.length} so far)` });
        const last = changes.at(-1);
        return last?.on === 'CardInserted' ? last.insertion : '';
      };
      try {
        await body({ ...folder, changes, seen });
      } finally {
        await watch.stop();
        folder.close();
      }
    });

  on('files that are no card are none', async ({ dir, changes, seen }) => {
    writeFileSync(join(dir, 'photo.jpg'), 'x');
    mkdirSync(join(dir, 'T2M'));
    writeFileSync(join(dir, 't2m.TXT'), 'T2MKey:');
    await seen(1);
    assert.equal(changes.length, 1);
  });

  on('a file that is written in pieces is read when it is whole', async ({ dir, port, seen, changes }) => {
    for (let i = 1; i <= 20; i += 1) {
      writeFileSync(join(dir, 'T2M.txt'), 'x'.repeat(i * 100));
      await new Promise<void>((next) => setImmediate(next));
    }
    const files = assertOk(await port.read(USB1, await seen(1)));
    assert.equal(files.t2mTxt?.length, 2000);
    assert.equal(changes.length, 1);
  });

  on('a file that is changed in place is another insertion', async ({ dir, port, seen }) => {
    writeFileSync(join(dir, 'T2M.txt'), 'one');
    const first = await seen(1);
    writeFileSync(join(dir, 'T2M.txt'), 'two');
    const second = await seen(3);
    assertFault(await port.read(USB1, first), 'CARD_GONE');
    assert.equal(Buffer.from(assertOk(await port.read(USB1, second)).t2mTxt ?? []).toString(), 'two');
  });

  on('a link in place of a file is refused', async ({ root, dir, port, seen }) => {
    writeFileSync(join(root, 'secret'), 'mine');
    symlinkSync('../secret', join(dir, 'T2M.txt'));
    assertFault(await port.read(USB1, await seen(1)), 'CARD_NOT_A_FILE');
  });

  on('a wipe leaves the receipt and nothing of the key', async ({ dir, port, seen }) => {
    writeFileSync(join(dir, 'T2M.txt'), 'T2MKey:');
    assertOk(await port.mark(USB1, await seen(1), { wipe: true }));
    assert.deepEqual(readdirSync(dir), []);
  });

  on('200 changes in a row end with what is there', async ({ put, seen, port, changes }) => {
    for (let i = 0; i < 200; i += 1) put({ t2mTxt: Buffer.from(`card ${i}`), otherFiles: [] });
    await seen(1);
    const last = () => changes.at(-1);
    await eventually(
      async () => {
        const now = last();
        const read = now?.on === 'CardInserted' ? await port.read(USB1, now.insertion) : undefined;
        return read?.ok && Buffer.from(read.value.t2mTxt ?? []).toString() === 'card 199';
      },
      { what: 'the last card' },
    );
    const kinds = changes.map(({ on: kind }) => kind);
    assert.ok(kinds.every((kind, i) => kind === (i % 2 === 0 ? 'CardInserted' : 'CardRemoved')));
  });
});

suite('slot of a directory, what is behind the mount', (test) => {
  test('a card that is pulled while it is mounted is out at once, and no card until it is mounted anew', async () => {
    const { root, dir, close } = createFolder();
    mkdirSync(dir);
    writeFileSync(join(dir, 'T2M.txt'), 'T2MKey:');
    const mountinfo = join(root, 'mountinfo');
    const stick = join(root, 'sys/dev/block/8:1');
    mkdirSync(stick, { recursive: true });
    writeFileSync(mountinfo, `70 26 8:1 / ${dir} ro,nosuid,nodev,noexec - vfat /dev/sda1 ro\n`);
    const changes: string[] = [];
    const port = createDirectorySlots(new Map([[USB1, dir]]), createSystemClock(), {
      mountinfo,
      sys: join(root, 'sys'),
    });
    const watch = await port.watch(({ on }) => void changes.push(on));
    try {
      assert.deepEqual(changes, ['CardInserted']);
      rmSync(stick, { recursive: true });
      await eventually(() => changes.length > 1, { what: 'the card is out' });
      writeFileSync(join(dir, 'T2M.txt'), 'EIO, if it were one');
      await new Promise<void>((later) => createSystemClock().after(300, later));
      mkdirSync(stick);
      await eventually(() => changes.length > 2, { what: 'the card is in' });
      assert.deepEqual(changes, ['CardInserted', 'CardRemoved', 'CardInserted']);
    } finally {
      await watch.stop();
      close();
    }
  });
});
