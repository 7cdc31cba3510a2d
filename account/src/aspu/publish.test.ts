import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DAY_MS, HOUR_MS } from '@ewon-agent/contracts';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { type AspuFixture, filesIn, openAspuFixture, readIn } from '../testing/aspu-fixture.ts';
import { createTufClient, type TufClient } from '../testing/tuf-client.ts';
import { renewRole } from './draft.ts';
import { bytesOf, readTimestampFile } from './metadata.ts';
import { refresh, signOnline } from './online.ts';
import { publish } from './publish.ts';
import { alone, firstRoot, readPublished } from './repository.ts';
import { viewOf } from './view.ts';

type World = { readonly aspu: AspuFixture; readonly stick: string; client(): TufClient };

/** A published repository with one patch. */
async function withRepository(work: (world: World) => Promise<void>): Promise<void> {
  const aspu = openAspuFixture();
  const clients: TufClient[] = [];
  try {
    const stick = aspu.init();
    await aspu.add('first.tar.gz');
    assertOk(aspu.sign(aspu.keyFiles(stick, 'targets')));
    assertOk(aspu.publish());
    const client = () => {
      const made = createTufClient(firstRoot(aspu.desk().tree) ?? new Uint8Array());
      clients.push(made);
      return made;
    };
    await work({ aspu, stick, client });
  } finally {
    for (const client of clients) client.close();
    aspu.close();
  }
}

function hasSame(a: ReadonlyMap<string, Buffer>, b: ReadonlyMap<string, Buffer>): boolean {
  return a.size === b.size && [...a].every(([name, bytes]) => b.get(name)?.equals(bytes));
}

/** What people may do before they publish, and who can read it afterwards. */
const CHANGES: readonly {
  readonly what: string;
  readonly draft: (world: World) => Promise<void>;
  readonly patches: readonly string[];
}[] = [
  {
    what: 'a patch is added',
    draft: async ({ aspu, stick }) => {
      await aspu.add('second.tar.gz');
      assertOk(aspu.sign(aspu.keyFiles(stick, 'targets')));
    },
    patches: ['first.tar.gz', 'second.tar.gz'],
  },
  {
    what: 'a patch is revoked',
    draft: async ({ aspu, stick }) => {
      assertOk(aspu.revoke('first.tar.gz'));
      assertOk(aspu.sign(aspu.keyFiles(stick, 'targets')));
    },
    patches: [],
  },
  { what: 'nothing is changed', draft: async () => {}, patches: ['first.tar.gz'] },
  {
    what: 'root has new keys',
    draft: async ({ aspu, stick }) => {
      const next = aspu.rotate('root');
      assertOk(aspu.sign([...aspu.keyFiles(stick, 'root').slice(1), ...aspu.keyFiles(next).slice(1)]));
    },
    patches: ['first.tar.gz'],
  },
  {
    what: 'targets has new keys, and the old ones are lost',
    draft: async ({ aspu, stick }) => {
      const next = aspu.rotate('targets');
      assertOk(aspu.sign([...aspu.keyFiles(stick, 'root').slice(1), ...aspu.keyFiles(next)]));
    },
    patches: ['first.tar.gz'],
  },
  {
    what: 'all roles have new keys, and a patch is added',
    draft: async ({ aspu, stick }) => {
      const sticks = (['root', 'targets', 'snapshot', 'timestamp'] as const).map(aspu.rotate);
      await aspu.add('second.tar.gz');
      assertOk(
        aspu.sign([...aspu.keyFiles(stick, 'root'), ...sticks.filter(existsSync).flatMap((one) => aspu.keyFiles(one))]),
      );
    },
    patches: ['first.tar.gz', 'second.tar.gz'],
  },
];

suite('publishing a repository of patches', { timeoutMs: 120_000 }, (test) => {
  for (const [index, { what, draft, patches }] of CHANGES.entries()) {
    test(`${what}: cut off before any step, devices old and new read it, and the same again ends it`, () =>
      withRepository(async (world) => {
        const { aspu } = world;
        aspu.pass(HOUR_MS);
        await draft(world);
        let seenBefore: ReadonlyMap<string, Buffer> = new Map();
        for (let cut = 0, isWhole = false; !isWhole; cut++) {
          const state = aspu.copy();
          let steps = 0;
          const desk = aspu.deskIn(state, (step) => {
            // what differs only in what nobody reads yet is cut once, with the first change
            if (index > 0 && !/^(rename|move|remove) /.test(step)) return;
            if (steps++ === cut) throw new Error('power cut');
          });
          try {
            assertOk(alone(desk, 0, () => publish(desk)));
            isWhole = true;
          } catch (cause) {
            assert.match(String(cause), /power cut/);
          }
          // steps that nobody can see are not looked at again
          const seenNow = filesIn(join(state, 'aspu'));
          if (hasSame(seenNow, seenBefore)) continue;
          seenBefore = seenNow;
          const read = readIn(join(state, 'aspu'));
          const [young, before] = [world.client(), world.client()];
          const seen = await young.refresh(read, aspu.now());
          assert.ok(
            [['first.tar.gz'], patches].some((one) => String(one) === String(seen)),
            `${cut}: ${seen}`,
          );
          await before.refresh(aspu.read, aspu.now());
          await before.refresh(read, aspu.now());
          const again = aspu.deskIn(state);
          assertOk(alone(again, 0, () => publish(again)));
          assert.deepEqual(await young.refresh(read, aspu.now()), patches);
          assert.deepEqual(await before.refresh(read, aspu.now()), patches);
          assert.deepEqual(viewOf(again)?.drafted, []);
          assert.deepEqual(
            readdirSync(join(state, 'aspu')).filter((name) => name.startsWith('.')),
            [],
          );
          assert.ok(isWhole || cut < 200);
        }
      }));
  }

  test('published while a device reads: whatever it had read before, it is not refused', () =>
    withRepository(async (world) => {
      const { aspu, stick } = world;
      aspu.pass(HOUR_MS);
      const sticks = (['root', 'targets', 'snapshot', 'timestamp'] as const).map(aspu.rotate);
      const all = [...aspu.keyFiles(stick), ...sticks.filter(existsSync).flatMap((one) => aspu.keyFiles(one))];
      assertOk(aspu.sign(all));
      const tree = join(aspu.stateDir, 'aspu');
      const moments: ReadonlyMap<string, Buffer>[] = [];
      const look = () => {
        const files = filesIn(tree);
        if (!hasSame(files, moments.at(-1) ?? new Map())) moments.push(files);
      };
      assertOk(aspu.publish(look));
      look();
      assert.equal(moments.length, 6, 'as it was, a root, targets, snapshot, timestamp, a root');
      for (const [i, early] of moments.entries())
        for (const late of moments.slice(i))
          for (let after = 1; after <= 4; after++) {
            let reads = 0;
            await world.client().refresh((name) => (reads++ < after ? early : late).get(name), aspu.now());
          }
    }));

  test('signatures that lack are told by role, and nothing is published', () =>
    withRepository(async ({ aspu, stick }) => {
      const timestamp = aspu.read('timestamp.json');
      await aspu.add('second.tar.gz');
      assert.match(assertFault(aspu.publish(), 'ASPU_UNSIGNED').detail, /^targets \d+ has 0 of 1 signatures/);
      const next = aspu.rotate('root');
      assertOk(aspu.sign([...aspu.keyFiles(stick, 'targets'), ...aspu.keyFiles(stick, 'root').slice(0, 1)]));
      const { detail } = assertFault(aspu.publish(), 'ASPU_UNSIGNED');
      assert.equal(
        detail,
        'root 2 has 1 of 2 signatures by the present root keys; root 2 has 0 of 2 signatures by the next root keys',
      );
      assertOk(aspu.sign(aspu.keyFiles(next).slice(0, 2)));
      assertFault(aspu.publish(), 'ASPU_UNSIGNED');
      assert.deepEqual(aspu.read('timestamp.json'), timestamp);
      assertOk(aspu.sign(aspu.keyFiles(stick, 'root').slice(1, 2)));
      assertOk(aspu.publish());
    }));

  test('a key that signs nothing of what is drafted is refused, and nothing is signed', () =>
    withRepository(async ({ aspu, stick }) => {
      assertFault(aspu.sign(aspu.keyFiles(stick, 'targets')), 'CONFLICT');
      await aspu.add('second.tar.gz');
      const foreign = openAspuFixture();
      const strange = foreign.keyFiles(foreign.init(), 'targets');
      for (const wrong of [aspu.keyFiles(stick, 'root').slice(0, 1), strange])
        assertFault(aspu.sign([...aspu.keyFiles(stick, 'targets'), ...wrong]), 'ASPU_KEY_FOREIGN');
      assertFault(aspu.publish(), 'ASPU_UNSIGNED');
      foreign.close();
    }));

  test('a patch comes as it was added, and is gone for devices once it is revoked', () =>
    withRepository(async ({ aspu, stick, client }) => {
      const device = client();
      const bytes = await device.download(aspu.read, aspu.now(), 'first.tar.gz');
      assert.equal(Buffer.from(bytes).toString(), 'content of first.tar.gz');
      assertFault(aspu.revoke('nothing'), 'ASPU_PATCH_UNKNOWN');
      assertOk(aspu.revoke('first.tar.gz'));
      assertOk(aspu.sign(aspu.keyFiles(stick, 'targets')));
      assertOk(aspu.publish());
      assert.deepEqual(await device.refresh(aspu.read, aspu.now()), []);
    }));

  test('versions run forward by somebody with the online keys: devices are stuck until both keys are changed', () =>
    withRepository(async ({ aspu, stick, client }) => {
      const [stuck, fresh] = [client(), client()];
      await stuck.refresh(aspu.read, aspu.now());
      const desk = aspu.desk();
      const present = readPublished(desk.tree);
      assert.ok(present);
      const far = { ...desk, nowMs: Date.parse('9999-01-01T00:00:00Z') };
      const forged = assertOk(
        signOnline(far, { targets: present.targets, roots: [present.root.signed], before: present }),
      );
      desk.tree.write(`${forged.snapshot.signed.version}.snapshot.json`, bytesOf(forged.snapshot));
      desk.tree.write('timestamp.json', bytesOf(forged.timestamp));
      await stuck.refresh(aspu.read, aspu.now());
      assert.ok(stuck.version('timestamp') > 2e11);
      for (const role of ['snapshot', 'timestamp'] as const) aspu.rotate(role);
      assertOk(aspu.sign(aspu.keyFiles(stick, 'root')));
      assertOk(aspu.publish());
      for (const device of [stuck, fresh]) {
        assert.deepEqual(await device.refresh(aspu.read, aspu.now()), ['first.tar.gz']);
        assert.ok(device.version('timestamp') < 2e9);
      }
      aspu.pass(DAY_MS);
      assertOk(aspu.publish());
      assert.deepEqual(await stuck.refresh(aspu.read, aspu.now()), ['first.tar.gz']);
    }));

  test('versions begun anew, cut off before any step: devices may be refused, and the next round of the server ends that', () =>
    withRepository(async ({ aspu, stick, client }) => {
      const desk = aspu.desk();
      const present = readPublished(desk.tree);
      assert.ok(present);
      const far = { ...desk, nowMs: Date.parse('9999-01-01T00:00:00Z') };
      const order = { targets: present.targets, roots: [present.root.signed], before: present };
      const forged = assertOk(signOnline(far, order));
      desk.tree.write(`${forged.snapshot.signed.version}.snapshot.json`, bytesOf(forged.snapshot));
      desk.tree.write('timestamp.json', bytesOf(forged.timestamp));
      const stuck = client();
      await stuck.refresh(aspu.read, aspu.now());
      for (const role of ['snapshot', 'timestamp'] as const) aspu.rotate(role);
      assertOk(aspu.sign(aspu.keyFiles(stick, 'root')));
      for (let cut = 0, isWhole = false; !isWhole; cut++) {
        const state = aspu.copy();
        let steps = 0;
        const cutting = aspu.deskIn(state, () => {
          if (steps++ === cut) throw new Error('power cut');
        });
        try {
          assertOk(publish(cutting));
          isWhole = true;
        } catch (cause) {
          assert.match(String(cause), /power cut/);
        }
        const later = { ...aspu.deskIn(state), nowMs: aspu.now() + 3 * DAY_MS };
        assertOk(alone(later, 0, () => refresh(later)));
        await client().refresh(readIn(join(state, 'aspu')), later.nowMs);
        assertOk(alone(later, 0, () => publish(later)));
        const device = client();
        await device.refresh(readIn(join(state, 'aspu')), later.nowMs);
        assert.ok(device.version('timestamp') < 2e9, `cut ${cut}`);
      }
    }));

  test('the server signs anew in time, also after a long time off, and not more often than it must', () =>
    withRepository(async ({ aspu, client }) => {
      const device = client();
      const round = (): string => {
        const desk = aspu.desk();
        assertOk(alone(desk, 0, () => refresh(desk)));
        return Buffer.from(aspu.read('timestamp.json') ?? []).toString();
      };
      const first = round();
      aspu.pass(11 * HOUR_MS);
      assert.equal(round(), first);
      aspu.pass(2 * HOUR_MS);
      const second = round();
      assert.ok(second !== first);
      for (let day = 0; day < 30; day++) {
        aspu.pass(DAY_MS / 2 + HOUR_MS);
        round();
        await device.refresh(aspu.read, aspu.now());
      }
      aspu.pass(200 * DAY_MS);
      await device.refresh(aspu.read, aspu.now()).then(
        () => assert.fail('it has expired'),
        (refused) => assert.match(String(refused), /expired/),
      );
      round();
      assert.deepEqual(await device.refresh(aspu.read, aspu.now()), ['first.tar.gz']);
      const { version } = readTimestampFile(Buffer.from(round())).signed;
      assert.equal(version, Math.floor(aspu.now() / 1000));
    }));

  test('old files are taken away, those of the last rounds stay', () =>
    withRepository(async ({ aspu }) => {
      for (let i = 0; i < 20; i++) {
        aspu.pass(HOUR_MS);
        assertOk(aspu.publish());
      }
      const names = readdirSync(join(aspu.stateDir, 'aspu'));
      assert.equal(names.filter((name) => name.endsWith('.snapshot.json')).length, 6);
      assert.ok(names.includes('1.root.json'));
    }));

  test('what people sign has expired: it is not published again before it was drafted and signed anew', () =>
    withRepository(async ({ aspu, stick, client }) => {
      aspu.pass(366 * DAY_MS);
      assert.match(
        assertFault(aspu.publish(), 'ASPU_UNSIGNED').detail,
        /^targets \d+ has expired at .*aspu renew targets/,
      );
      assertOk(renewRole(aspu.desk(), 'targets'));
      assertOk(aspu.sign(aspu.keyFiles(stick, 'targets')));
      assertOk(aspu.publish());
      await client().refresh(aspu.read, aspu.now());
      aspu.pass(300 * DAY_MS);
      assert.deepEqual(
        viewOf(aspu.desk())?.roles.map((role) => role.expiresSoon),
        [false, false, false, false],
      );
      aspu.pass(50 * DAY_MS);
      assert.deepEqual(
        viewOf(aspu.desk())?.roles.map((role) => role.expiresSoon),
        [true, true, false, false],
      );
    }));
});
