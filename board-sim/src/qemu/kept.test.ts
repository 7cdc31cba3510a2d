import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { kept } from './kept.ts';

/** Above the highest that Linux gives (proc(5), pid_max). */
const NOBODY = 4_194_305;
const never = async () => assert.fail('made twice');

suite('directories that are kept because they are costly', (test) => {
  let place: string;
  test.before.each(() => {
    place = mkdtempSync(join(tmpdir(), 'kept-'));
  });
  test.after.each(() => rmSync(place, { recursive: true, force: true }));

  test('made once, with all that belongs into it; what fails leaves nothing', async () => {
    const dir = join(place, 'a');
    await kept(dir, 3, async (making) => writeFileSync(join(making, 'file'), ''));
    await kept(dir, 3, never);
    assert.deepEqual(readdirSync(dir), ['file']);
    await assert.rejects(
      kept(join(place, 'b'), 3, () => Promise.reject(new Error('no luck'))),
      /no luck/,
    );
    assert.deepEqual(readdirSync(place), ['a']);
  });

  test('what another process makes is waited for, and what one claims that has ended is not', async () => {
    const dir = join(place, 'a');
    symlinkSync(String(process.ppid), `${dir}.maker`);
    const done = kept(dir, 3, never);
    setTimeout(() => mkdirSync(dir), 700); // longer than one look
    await done;
    symlinkSync(String(NOBODY), join(place, 'b.maker'));
    await kept(join(place, 'b'), 3, async () => {});
    assert.deepEqual(readdirSync(place).sort(), ['a', 'a.maker', 'b']);
  });

  test('two who want the same at once: it is made once', async () => {
    let made = 0;
    const make = async () => {
      made++;
    };
    await Promise.all([kept(join(place, 'a'), 3, make), kept(join(place, 'a'), 3, make)]);
    assert.equal(made, 1);
  });

  test('those that were used last stay, and what others are making', async () => {
    mkdirSync(join(place, `x.${process.ppid}`));
    for (const [age, name] of ['a', 'b', 'c'].entries()) {
      mkdirSync(join(place, name));
      utimesSync(join(place, name), 1000 - age, 1000 - age);
    }
    utimesSync(join(place, `x.${process.ppid}`), 1, 1);
    await kept(join(place, 'd'), 2, async () => {});
    assert.deepEqual(readdirSync(place).sort(), ['a', 'd', `x.${process.ppid}`]);
  });
});
