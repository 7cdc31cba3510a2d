import type { EwonIdentity, FirmwarePort, TagReading } from '../ports/firmware.ts';
import type { Millis } from '../units.ts';
import { assert, assertFault, assertOk, suite } from './suite.ts';

/** What an Ewon may do to its reader; each was seen on a real network. */
export type EwonTrouble =
  | 'well'
  | 'silent'
  | 'refused'
  | 'loginPage'
  | 'noSerial'
  | 'wrongPassword'
  | 'endless'
  | 'drip';

/** An Ewon that answers as told. */
export type FirmwareFixture = {
  readonly firmware: FirmwarePort;
  readonly identity: EwonIdentity;
  /** What its tags stand at. */
  readonly tags: readonly TagReading[];
  trouble(kind: EwonTrouble): void | Promise<void>;
  /** Lets time pass until the answer is there; answers how long that took. */
  wait<T>(answer: Promise<T>): Promise<{ readonly value: T; readonly tookMs: Millis }>;
  /** The limit that the port was given; five seconds on a board. */
  readonly limitMs: Millis;
  close?(): unknown;
};

const CODES_OF = {
  silent: 'FIRMWARE_UNREACHABLE', // cable pulled, or the Ewon boots
  refused: 'FIRMWARE_UNREACHABLE', // HTTP is closed (ClosedDevice) or on another port
  drip: 'FIRMWARE_UNREACHABLE', // a byte now and then, never an end
  loginPage: 'FIRMWARE_ANSWER_BAD', // 200 with HTML instead of an export block
  noSerial: 'FIRMWARE_ANSWER_BAD',
  wrongPassword: 'FIRMWARE_ANSWER_BAD', // 401
  endless: 'FIRMWARE_ANSWER_BAD', // more than an Ewon ever says
} as const satisfies Partial<Record<EwonTrouble, string>>;

/** A machine with much else to do comes late to what is due. */
const SLACK_MS = 5000;

/** The obligations of {@link FirmwarePort}. */
export function firmwareSuite(name: string, makeFixture: () => FirmwareFixture | Promise<FirmwareFixture>): void {
  suite(name, (test) => {
    const on = (sentence: string, body: (fixture: FirmwareFixture) => Promise<void>) =>
      test(sentence, async () => {
        const fixture = await makeFixture();
        try {
          await body(fixture);
        } finally {
          await fixture.close?.();
        }
      });

    on('serial, model and firmware of the Ewon are answered', async (ewon) => {
      const { value } = await ewon.wait(ewon.firmware.identity());
      assert.deepEqual({ ...assertOk(value) }, { ...ewon.identity });
    });

    on('the values of all tags are answered, in the order of the Ewon', async (ewon) => {
      assert.ok(ewon.firmware.tags);
      const { value } = await ewon.wait(ewon.firmware.tags());
      assert.deepEqual(assertOk(value), ewon.tags);
    });

    on('who it is and what its tags stand at may be asked at once', async (ewon) => {
      const asked = Promise.all([ewon.firmware.tags?.(), ewon.firmware.identity()]);
      const [tags, identity] = (await ewon.wait(asked)).value;
      assert.equal(assertOk(identity).serial, ewon.identity.serial);
      assert.ok(tags?.ok);
    });

    on('several questions at once are all answered', async (ewon) => {
      const asked = Promise.all([1, 2, 3].map(() => ewon.firmware.identity()));
      for (const answer of (await ewon.wait(asked)).value) assert.equal(assertOk(answer).serial, ewon.identity.serial);
    });

    for (const kind of ['silent', 'refused', 'drip', 'loginPage', 'wrongPassword', 'endless'] as const) {
      on(`tags of an Ewon in trouble (${kind}) are ${CODES_OF[kind]} within the limit`, async (ewon) => {
        await ewon.trouble(kind);
        const asked = ewon.firmware.tags?.() ?? assert.fail('no tags');
        const { value, tookMs } = await ewon.wait(asked);
        assertFault(value, CODES_OF[kind]);
        assert.ok(tookMs <= ewon.limitMs + SLACK_MS, `took ${tookMs} ms, limit ${ewon.limitMs} ms`);
      });
    }

    for (const kind of ['silent', 'refused', 'drip', 'loginPage', 'noSerial', 'wrongPassword', 'endless'] as const) {
      on(
        `an Ewon in trouble (${kind}) is ${CODES_OF[kind]} within the limit, and is read again when it is well`,
        async (ewon) => {
          await ewon.trouble(kind);
          const { value, tookMs } = await ewon.wait(ewon.firmware.identity());
          assertFault(value, CODES_OF[kind]);
          assert.ok(tookMs <= ewon.limitMs + SLACK_MS, `took ${tookMs} ms, limit ${ewon.limitMs} ms`);
          await ewon.trouble('well');
          assertOk((await ewon.wait(ewon.firmware.identity())).value);
        },
      );
    }
  });
}
