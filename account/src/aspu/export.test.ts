import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DAY_MS, HOUR_MS } from '@ewon-agent/contracts';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { type AspuFixture, openAspuFixture, readIn } from '../testing/aspu-fixture.ts';
import { createTufClient, type ReadFile } from '../testing/tuf-client.ts';
import { signForCard, writeCard } from './export.ts';
import { refresh } from './online.ts';
import { alone, firstRoot } from './repository.ts';

const VALID_MS = 30 * DAY_MS;

/** Writes a card that is good for 30 days. */
async function newCard(aspu: AspuFixture, folder: string): Promise<ReadFile> {
  mkdirSync(folder, { recursive: true });
  const desk = aspu.desk();
  const order = assertOk(alone(desk, 0, () => signForCard(desk, VALID_MS)));
  await writeCard(desk.tree, order, folder, () => {});
  return readIn(join(folder, 'aspu'));
}

async function withCards(work: (aspu: AspuFixture, stick: string) => Promise<void>): Promise<void> {
  const aspu = openAspuFixture();
  try {
    const stick = aspu.init();
    await aspu.add('first.tar.gz');
    assertOk(aspu.sign(aspu.keyFiles(stick, 'targets')));
    assertFault(signForCard(aspu.desk(), VALID_MS), 'ASPU_NONE');
    assertOk(aspu.publish());
    await work(aspu, stick);
  } finally {
    aspu.close();
  }
}

/** What the server does now and then. */
function round(aspu: AspuFixture): void {
  const desk = aspu.desk();
  assertOk(alone(desk, 0, () => refresh(desk)));
}

suite('a repository of patches on a card', (test) => {
  test('a device without a network reads it for as long as was asked, and its patch', () =>
    withCards(async (aspu) => {
      const card = await newCard(aspu, join(aspu.folder, 'card'));
      const device = createTufClient(firstRoot(aspu.desk().tree) ?? new Uint8Array());
      aspu.pass(29 * DAY_MS);
      const patch = await device.download(card, aspu.now(), 'first.tar.gz');
      assert.equal(Buffer.from(patch).toString(), 'content of first.tar.gz');
      aspu.pass(2 * DAY_MS);
      await assert.rejects(() => device.refresh(card, aspu.now()), /expired/);
      device.close();
    }));

  test('card, then network, then a younger card, then network: nobody is refused', () =>
    withCards(async (aspu) => {
      const first = firstRoot(aspu.desk().tree) ?? new Uint8Array();
      const device = createTufClient(first);
      await device.refresh(aspu.read, aspu.now());
      for (let i = 0; i < 3; i++) {
        const card = await newCard(aspu, join(aspu.folder, `card-${i}`));
        await device.refresh(card, aspu.now());
        await device.refresh(aspu.read, aspu.now());
        aspu.pass(i * HOUR_MS);
        round(aspu);
        await device.refresh(aspu.read, aspu.now());
      }
      // one that had only the card for a month meets the network
      const card = await newCard(aspu, join(aspu.folder, 'last'));
      const away = createTufClient(first);
      await away.refresh(card, aspu.now());
      aspu.pass(40 * DAY_MS);
      round(aspu);
      assert.deepEqual(await away.refresh(aspu.read, aspu.now()), ['first.tar.gz']);
      for (const one of [device, away]) one.close();
    }));

  test('card and network name one snapshot, so that what a card is older than is the timestamp alone', () =>
    withCards(async (aspu) => {
      const card = await newCard(aspu, join(aspu.folder, 'card'));
      const signed = (read: ReadFile) => JSON.parse(Buffer.from(read('timestamp.json') ?? []).toString()).signed;
      assert.deepEqual(signed(card).meta, signed(aspu.read).meta);
      assert.equal(signed(aspu.read).version, signed(card).version + 1);
    }));

  test('a card written over an older one holds the younger tree and nothing else', () =>
    withCards(async (aspu, stick) => {
      const folder = join(aspu.folder, 'card');
      await newCard(aspu, folder);
      assertOk(aspu.revoke('first.tar.gz'));
      await aspu.add('second.tar.gz');
      assertOk(aspu.sign(aspu.keyFiles(stick, 'targets')));
      aspu.rotate('timestamp');
      assertOk(aspu.sign(aspu.keyFiles(stick, 'root')));
      aspu.pass(HOUR_MS);
      assertOk(aspu.publish());
      const card = await newCard(aspu, folder);
      const device = createTufClient(firstRoot(aspu.desk().tree) ?? new Uint8Array());
      assert.deepEqual(await device.refresh(card, aspu.now()), ['second.tar.gz']);
      const names = readdirSync(join(folder, 'aspu')).map((name) => name.replace(/^\d{3,}/, 'N'));
      assert.deepEqual(names.toSorted(), [
        ...['1.root.json', '2.root.json', 'N.snapshot.json', 'N.targets.json', 'targets', 'timestamp.json'],
      ]);
      assert.equal(readdirSync(join(folder, 'aspu/targets')).length, 1);
      assert.ok(!existsSync(join(folder, 'aspu-draft')));
      device.close();
    }));
});
