import { appendFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { createFirmwareInstaller } from '@ewon-agent/agent/adapters/firmware-installer';
import type { EwonTrouble } from '@ewon-agent/board-sim/core/ewon/trouble';
import type { EwonOptions } from '@ewon-agent/board-sim/ewon/start-ewon';
import type { Code, Result } from '@ewon-agent/contracts';
import type { PatchFile } from '@ewon-agent/contracts/suites/patch-installer-suite';
import { assert, assertFault, assertOk, eventually, suite } from '@ewon-agent/contracts/testing';
import { createEwonPlace, type EwonPlace, FAST } from '../src/firmware/ewon-place.ts';

/** Points at which an installer is killed, see kill-point.ts. */
const [AMID_THE_FILE, AFTER_THE_FILE, AFTER_THE_NAME] = [50, 51, 63];

type Body = (place: EwonPlace, install: (wanted?: PatchFile) => Promise<Result<object>>) => Promise<void>;

suite('firmware of an Ewon that is in trouble', { timeoutMs: 180_000 }, (test) => {
  const on = (sentence: string, options: Parameters<typeof createEwonPlace>[0], body: Body) =>
    test(sentence, async () => {
      const place = await createEwonPlace(options);
      try {
        await body(place, async ({ patch, file } = place.good) => (await place.open()).install(patch, file, () => {}));
      } finally {
        await place.close?.();
      }
    });
  const none: EwonOptions = {};
  const asBefore = async (place: EwonPlace) => {
    assert.equal(await place.runs(), '14.6s0');
    assert.deepEqual(await place.leftOver(), []);
  };

  const troubles: readonly (readonly [string, EwonTrouble, Code])[] = [
    ['its power goes amid the installation', { flash: 'powerCut' }, 'PATCH_WRONG_VERSION'],
    ['it refuses the password over FTP', { ftp: 'wrongPassword' }, 'PATCH_BACKUP_FAILED'],
    ['it is closed to FTP', { ftp: 'refused' }, 'PATCH_BACKUP_FAILED'],
    ['it breaks every file off', { ftp: 'dropped' }, 'PATCH_BACKUP_FAILED'],
    ['it refuses the password', { http: 'wrongPassword' }, 'EWON_PASSWORD_WRONG'],
  ];
  for (const [what, trouble, code] of troubles)
    on(`${what}: ${code}, all is as before, and the next try comes to work`, none, async (place, install) => {
      await place.ewon.trouble(trouble);
      const fault = assertFault(await install(), code);
      assert.ok(!inspect(fault, { depth: 10 }).includes(place.ewon.password), 'no fault shows the password');
      await place.ewon.trouble({});
      await asBefore(place);
      assertOk(await install());
      assert.equal(await place.runs(), '14.9s3');
    });

  on('its power goes amid the file: the next call goes on, and it comes to work', none, async (place, install) => {
    await place.ewon.trouble({ ftp: 'powerCut' });
    assert.equal((await install()).ok, false);
    await place.ewon.trouble({});
    assertOk(await install());
    assert.deepEqual([await place.runs(), await place.leftOver()], ['14.9s3', []]);
  });

  on(
    'its power goes amid the file, and nobody wants the firmware any more: what was put aside goes back',
    none,
    async (place, install) => {
      await place.ewon.trouble({ ftp: 'powerCut' });
      assert.equal((await install()).ok, false);
      await place.ewon.trouble({});
      const installer = createFirmwareInstaller(place.options);
      assert.equal(await installer.unfinished(), true);
      await eventually(async () => (await installer.settle?.()) === 'done', { what: 'settled', timeoutMs: 60_000 });
      await asBefore(place);
      assert.equal(await installer.settle?.(), 'done', 'there is nothing more to do');
    },
  );

  on('another version runs afterwards: that is said, and nothing else is another', none, async (place, install) => {
    await place.ewon.trouble({ flash: 'otherVersion' });
    assertFault(await install(), 'PATCH_WRONG_VERSION');
    assert.deepEqual([await place.runs(), await place.leftOver()], ['14.9s4', []]);
  });

  on('its settings are lost: they are given back from the backup', none, async (place, install) => {
    await place.ewon.trouble({ flash: 'settingsLost' });
    assertOk(await install());
    assert.deepEqual([await place.runs(), await place.leftOver()], ['14.9s3', []]);
    const { comcfg, booted } = place.ewon.state();
    assert.deepEqual(
      ['PdpApn', 'PIN', 'EthIP'].map((key) => comcfg.get(key)),
      ['internet', '1234', '10.0.0.9'],
    );
    assert.equal(booted.get('EthIP'), '10.0.0.9', 'what counts from a boot on has had one');
  });

  on(
    'it never comes back: PATCH_NOT_BACK; once somebody has brought it back, the same call comes to its end',
    none,
    async (place, install) => {
      await place.ewon.trouble({ flash: 'neverBack' });
      const impatient = createFirmwareInstaller({ ...place.options, limits: { ...FAST, firmwareMs: 300 } });
      const { patch, file } = place.good;
      for (const _ of [1, 2]) assertFault(await impatient.install(patch, file, () => {}), 'PATCH_NOT_BACK');
      await place.ewon.trouble({});
      place.ewon.happen({ on: 'powerCut' });
      await eventually(() => place.ewon.state().at === 'running', { what: 'an Ewon that runs' });
      assertOk(await install());
      assert.deepEqual([await place.runs(), await place.leftOver()], ['14.9s3', []]);
    },
  );

  on('both lose their power while it installs: whoever starts goes on', none, async (place, install) => {
    await place.killed(AFTER_THE_NAME, place.good); // it has just given the firmware its name
    assert.notEqual(place.ewon.state().pendingFirmware, undefined);
    place.ewon.happen({ on: 'powerCut' });
    assert.equal(await place.runs(), '14.6s0');
    assertOk(await install());
    assert.deepEqual([await place.runs(), await place.leftOver()], ['14.9s3', []]);
  });

  const noProgram = { java: undefined };
  const boots = ({ ewon }: EwonPlace) =>
    ewon.state().events.entries.filter(({ line }) => line.includes('System Booting')).length;

  on('an Ewon without a Java program restarts once, for the firmware', noProgram, async (place, install) => {
    assertOk(await install());
    assert.deepEqual([await place.runs(), await place.leftOver(), boots(place)], ['14.9s3', [], 1]);
  });

  on(
    'one that gives no file another name: the firmware is written under its own',
    noProgram,
    async (place, install) => {
      await place.ewon.trouble({ ftp: 'noRename' });
      assertOk(await install());
      assert.deepEqual([await place.runs(), await place.leftOver()], ['14.9s3', []]);
    },
  );

  on('such a one with a Java program: it cannot be put aside, so nothing is sent', none, async (place, install) => {
    await place.ewon.trouble({ ftp: 'noRename' });
    assertFault(await install(), 'EWON_DECLINED');
    await asBefore(place);
    assert.equal(boots(place), 0);
  });

  on('a slow disk and an Ewon that serves one at a time are waited for', none, async (place, install) => {
    await place.ewon.trouble({ pieceAfterMs: 20, answerAfterMs: 2, whenBusy: 'refuses' });
    assertOk(await install());
    assert.equal(await place.runs(), '14.9s3');
  });

  on(
    'two steps, each by its own name: .edf, and from 15 on .edfs; the step over the pivot is refused',
    none,
    async (place, install) => {
      const [pivot, signed] = [place.make('15.0s2'), place.make('15.0s4')];
      assert.match(assertFault(await install(signed), 'PATCH_NOT_FROM_HERE').detail, /15\.0s2 first/);
      assert.deepEqual([boots(place), readdirIfThere(place.dir)], [0, []]);
      assertOk(await install(pivot));
      assertOk(await install(signed));
      assert.deepEqual([await place.runs(), await place.leftOver()], ['15.0s4', []]);
    },
  );

  on(
    'refused before anything is touched: another product, an older one, a file that changed',
    none,
    async (place, install) => {
      const foreign = place.make('14.9s5', { custom: { productCodes: ['24'] } });
      assertFault(await install(foreign), 'PATCH_WRONG_PRODUCT');
      assertFault(await install(place.make('14.1s0')), 'PATCH_NOT_NEWER');
      appendFileSync(place.good.file, 'x');
      assertFault(await install(), 'LOCAL_FILE_BAD');
      assert.deepEqual([boots(place), readdirIfThere(place.dir)], [0, []]);
    },
  );

  on('the file changes between two calls: no byte of it becomes firmware', none, async (place, install) => {
    await place.killed(AFTER_THE_FILE, place.good);
    assert.ok((await place.leftOver()).includes('/usr/ewonfwr.part'));
    const bytes = readFileSync(place.good.file);
    writeFileSync(place.good.file, bytes.fill(0, 1000, 1001));
    assertFault(await install(), 'LOCAL_FILE_BAD');
    await asBefore(place);
  });

  on('the backup is whole, for its owner only, and the newest four are kept', none, async (place, install) => {
    assertOk(await install());
    const backups = join(place.dir, 'backups');
    const [name = ''] = readdirSync(backups);
    assert.equal(name, '000001-er14_9s3p21_ma.edf');
    assert.deepEqual(readdirSync(join(backups, name)).sort(), [
      'backup.tar',
      'comcfg.txt',
      'config.txt',
      'jvmrun',
      'program.bas',
    ]);
    assert.match(readFileSync(join(backups, name, 'comcfg.txt'), 'latin1'), /^PdpApn:internet\r$/m);
    assert.deepEqual(
      ['', 'comcfg.txt'].map((file) => statSync(join(backups, name, file)).mode & 0o777),
      [0o700, 0o600],
    );
    for (const version of ['14.9s4', '14.9s5', '14.9s6', '14.9s7']) assertOk(await install(place.make(version)));
    assert.deepEqual(
      readdirSync(backups)
        .map((one) => one.slice(0, 6))
        .sort(),
      ['000002', '000003', '000004', '000005'],
    );
    assert.deepEqual(await place.leftOver(), []);
  });

  on('a journal that is damaged: what was put aside goes back, and it comes to work', none, async (place, install) => {
    await place.killed(AMID_THE_FILE, place.good);
    assert.ok((await place.leftOver()).includes('/usr/jvmrun.aside'));
    writeFileSync(join(place.dir, 'install.json'), '{"v":1,');
    assert.equal(await place.open().unfinished(), true);
    assertOk(await install());
    assert.deepEqual([await place.runs(), await place.leftOver()], ['14.9s3', []]);
    assert.equal(await place.open().unfinished(), false);
  });

  on(
    'another patch is asked for than the one that was interrupted: the settings go back, then it comes to work',
    none,
    async (place, install) => {
      await place.killed(AMID_THE_FILE, place.good);
      assertOk(await install(place.make('14.9s5')));
      assert.deepEqual([await place.runs(), await place.leftOver()], ['14.9s5', []]);
    },
  );
});

function readdirIfThere(dir: string): readonly string[] {
  return existsSync(dir) ? readdirSync(dir) : [];
}
