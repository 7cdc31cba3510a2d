import type { Code } from '../codes.ts';
import { comparePatchVersions, parsePatchVersion } from '../patch-version.ts';
import type { PatchedNow, PatchInstallerPort } from '../ports/patch.ts';
import type { Patch, PatchKind } from '../schema/patch.ts';
import { assert, assertOk, type SuiteOptions, suite } from './suite.ts';

/** A patch and the file that was downloaded of it. */
export type PatchFile = { readonly patch: Patch; readonly file: string };

/** Something that is patched, with a version that runs. */
export type PatchPlace = {
  /** What runs at first. */
  readonly before: PatchedNow;
  /** A patch that comes to work here. */
  readonly good: PatchFile;
  /** One that does not, and what is said of it. */
  readonly bad: PatchFile & { readonly codes: readonly Code[] };
  /** The installer, as a start of the agent makes it. The one before has ended, or was killed. */
  open(): PatchInstallerPort | Promise<PatchInstallerPort>;
  /**
   * Makes an installer and lets it install; its process is killed at the n-th thing that it does outside of itself (from 1).
   * @returns whether it was, or had come to its end before
   */
  killed(at: number, wanted: PatchFile): Promise<'killed' | 'ended'>;
  /** The version that runs, as somebody sees it who stands before it. Does first what was asked for by `restart`, and waits for it. */
  runs(): string | Promise<string>;
  /** What installing has left that is of no more use: files, settings that are not as they were. By name. */
  leftOver(): readonly string[] | Promise<readonly string[]>;
  close?(): unknown;
};

/** `killedAt`: the points at which it is killed, each in a place of its own; those after the last thing that it does are none. */
export type PatchInstallerSuiteOptions = SuiteOptions & { readonly killedAt: readonly number[] };

/** The obligations of {@link PatchInstallerPort}, whatever it is that it patches. */
export function patchInstallerSuite(
  name: string,
  kind: PatchKind,
  makePlace: () => PatchPlace | Promise<PatchPlace>,
  { killedAt, ...options }: PatchInstallerSuiteOptions,
): void {
  suite(name, options, (test) => {
    const on = (sentence: string, body: (place: PatchPlace) => Promise<void>) =>
      test(sentence, async () => {
        const place = await makePlace();
        try {
          await body(place);
        } finally {
          await place.close?.();
        }
      });
    const install = async (place: PatchPlace, { patch, file }: PatchFile) =>
      (await place.open()).install(patch, file, () => {});
    /** Installs the good one; it runs afterwards, and nothing is left over. */
    const comesToWork = async (place: PatchPlace) => {
      const done = assertOk(await install(place, place.good));
      const asked = place.good.patch.custom.version;
      if ('version' in done) assertSame(done.version, asked);
      assertSame(await place.runs(), asked);
      assert.deepEqual(await place.leftOver(), []);
    };

    on('it says what runs, and changes nothing by that', async (place) => {
      const installer = await place.open();
      assert.equal(installer.kind, kind);
      assert.deepEqual(assertOk(await installer.present()), place.before);
      assertSame(await place.runs(), place.before.version);
      assert.deepEqual(await place.leftOver(), []);
    });

    on('a patch that is installed runs, is what is present, and leaves nothing over', async (place) => {
      await comesToWork(place);
      const { version, productCode } = assertOk(await (await place.open()).present());
      assertSame(version, place.good.patch.custom.version);
      assert.equal(productCode, place.before.productCode);
    });

    on('a patch that is installed already is installed once more without harm', async (place) => {
      await comesToWork(place);
      await comesToWork(place);
    });

    on('what is done is told, in words', async (place) => {
      const told: string[] = [];
      assertOk(await (await place.open()).install(place.good.patch, place.good.file, (step) => told.push(step)));
      assert.ok(told.length > 0);
      for (const step of told) assert.match(step, /^[a-z][ -~]*$/);
    });

    on(
      'one that fails says why, leaves the version before and nothing else; a good one comes to work after it',
      async (place) => {
        const failed = await install(place, place.bad);
        const runs = await place.runs();
        assertSame(runs, place.before.version);
        if (!failed.ok) assert.ok(place.bad.codes.includes(failed.fault.code), failed.fault.code);
        else assert.ok('restart' in failed.value, 'one that fails only after a restart says nothing of a version');
        assert.deepEqual(await place.leftOver(), []);
        await comesToWork(place);
      },
    );

    on('the file of it is not there: the version before runs on', async (place) => {
      const missing = { ...place.good, file: `${place.good.file}.gone` };
      assert.equal((await install(place, missing)).ok, false);
      assertSame(await place.runs(), place.before.version);
      assert.deepEqual(await place.leftOver(), []);
    });

    for (const at of killedAt)
      on(
        `killed at point ${at}: the version before runs or the new one, and the same call comes to an end`,
        async (place) => {
          await place.killed(at, place.good);
          const runs = versionOf(await place.runs());
          const either = [place.before.version, place.good.patch.custom.version].map(versionOf);
          assert.ok(
            either.some((version) => comparePatchVersions(version, runs) === 0),
            `${runs.join('.')} runs`,
          );
          await comesToWork(place);
        },
      );
  });
}

function versionOf(text: string) {
  const version = parsePatchVersion(text);
  assert.ok(version, `${text} is a version`);
  return version;
}

/** A device may print more than a repository writes. */
function assertSame(actual: string, expected: string): void {
  assert.equal(comparePatchVersions(versionOf(actual), versionOf(expected)), 0, `${actual} is ${expected}`);
}
