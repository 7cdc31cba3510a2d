import fc from 'fast-check';
import {
  accountIdFrom,
  deviceIdFrom,
  fingerprintOf,
  type Grk,
  grkFrom,
  grkIdOf,
  holdsGrk,
  parseAccountId,
  parseDeviceId,
  parseGrk,
  parseGrkId,
  parseSerial,
  parseSlotId,
  productCodeOf,
  withoutGrks,
} from './ids.ts';
import { assert, assertFault, assertOk, suite } from './testing/suite.ts';

const A26 = 'a'.repeat(26);
const FORMS = {
  serial: { parse: parseSerial, code: 'BAD_REQUEST', good: ['1524-0071-21', '0000-0000-00'] },
  'device id': {
    parse: parseDeviceId,
    code: 'BAD_REQUEST',
    good: [`d_${A26}`, 'd_abcdefghijklmnopqrstuvwxyz', `d_${'234567'.repeat(5).slice(0, 26)}`],
  },
  'account id': { parse: parseAccountId, code: 'BAD_REQUEST', good: [`a_${A26}`] },
  GRK: {
    parse: parseGrk,
    code: 'T2M_KEY_FORM',
    good: [`A01-${'0'.repeat(32)}`, 'A01-0123456789ABCDEFGHIJKLMNOPQRSTUV', 'A01-WXYZ0123456789ABCDEFGHIJKLMNOPQR'],
  },
  'GRK id': { parse: parseGrkId, code: 'BAD_REQUEST', good: ['00000000', 'deadbeef'] },
  slot: { parse: parseSlotId, code: 'BAD_REQUEST', good: ['sd0', 'usb1', 'x', 'abcdefghijklmnop'] },
} as const;

const BAD: Record<keyof typeof FORMS, readonly string[]> = {
  serial: ['1524-0071-2', '1524-0071-211', '15240071-21', '1524_0071_21', 'a524-0071-21', '١٥٢٤-0071-21'],
  'device id': [
    `d_${'a'.repeat(25)}`,
    `d_${'a'.repeat(27)}`,
    `D_${A26}`,
    `d-${A26}`,
    `a_${A26}`,
    `d_${'a'.repeat(25)}1`,
    `d_${'a'.repeat(25)}A`,
    `d_${'a'.repeat(25)}+`,
    `d_${'a'.repeat(25)}/`,
    `d_${'a'.repeat(25)}#`,
  ],
  'account id': [`d_${A26}`, `a_${'a'.repeat(25)}`, `a_${'a'.repeat(25)}8`],
  GRK: [
    `A01-${'0'.repeat(31)}`,
    `A01-${'0'.repeat(33)}`,
    `A02-${'0'.repeat(32)}`,
    `a01-${'0'.repeat(32)}`,
    `A01-${'a'.repeat(32)}`,
    `A01_${'0'.repeat(32)}`,
    `A01-${'0'.repeat(31)}Ä`,
  ],
  'GRK id': ['0000000', '000000000', 'DEADBEEF', 'deadbeeg'],
  slot: ['', '0sd', 'SD0', 'sd-0', 'sd/0', 'abcdefghijklmnopq', 'sd0/../x', '__proto__', 'constructor'.padEnd(17, 'x')],
};

suite('ids', (test) => {
  test('what looks like a GRK is found in a text and taken out, half of one and one in small letters as well', () => {
    for (const key of [`A01-${'0'.repeat(32)}`, `a01-${'z'.repeat(32)}`, `A01-${'7'.repeat(16)}`]) {
      assert.equal(holdsGrk(`--key=${key}`), true);
      assert.equal(holdsGrk(`--key=${key}`), true); // and again: nothing is remembered between two looks
      assert.equal(withoutGrks(`${key}, ${key};`), '[registration key], [registration key];');
    }
    for (const text of ['', 'A01-', 'A01-1234', 'pump A01-LINE4']) {
      assert.equal(holdsGrk(text), false);
      assert.equal(withoutGrks(text), text);
    }
  });

  for (const [what, { parse, code, good }] of Object.entries(FORMS)) {
    test(`a ${what} of the right form is read as it stands`, () => {
      for (const text of good) assert.equal(assertOk<string>(parse(text)), text);
    });

    test(`a ${what} with anything before or behind it is refused`, () => {
      for (const text of good) {
        for (const odd of [
          `${text}\n`,
          `\n${text}`,
          ` ${text}`,
          `${text} `,
          `${text}\0`,
          `${text}\r`,
          `${text}\n${text}`,
          `\ufeff${text}`,
        ]) {
          assertFault(parse(odd), code);
        }
      }
    });

    test(`a ${what} of another form is refused`, () => {
      for (const text of BAD[what as keyof typeof FORMS]) assertFault(parse(text), code);
    });

    test(`a ${what} that is not text is refused, never thrown at`, () => {
      const listed: readonly unknown[] = [
        undefined,
        null,
        0,
        NaN,
        true,
        [],
        {},
        [...good],
        { toString: () => good[0] },
        1n,
        Symbol('x'),
        () => 'x',
      ];
      for (const value of listed) assertFault(parse(value), code);
      const noText = fc.anything().filter((value) => typeof value !== 'string');
      fc.assert(
        fc.property(noText, (value) => void assertFault(parse(value), code)),
        { numRuns: 300 },
      );
    });
  }

  test('the fault of a GRK tells its length and nothing of it', () => {
    const almost = 'A01-SECRETSECRETSECRETSECRETSECRETs';
    const fault = assertFault(parseGrk(almost), 'T2M_KEY_FORM');
    assert.equal(fault.detail, '35 characters');
    assert.ok(!JSON.stringify(fault).includes('SECRET'));
  });

  test('a GRK given where another name belongs is not repeated', () => {
    for (const parse of [parseGrkId, parseDeviceId, parseSerial, parseSlotId]) {
      const fault = assertFault(parse('my key: A01-SECRETSECRETSECRETSECRETSECRETSE'), 'BAD_REQUEST');
      assert.ok(!JSON.stringify(fault).includes('SECRET'), fault.detail);
    }
  });

  test('a fault shows at most 60 characters of what was given', () => {
    assert.ok(assertFault(parseSerial('9'.repeat(10_000)), 'BAD_REQUEST').detail.length < 90);
  });
});

suite('names that are computed', (test) => {
  test('a GRK id is the first 8 hex of SHA-256 over the 36 bytes', () => {
    // printf A01-00000000000000000000000000000000 | sha256sum
    assert.equal(grkIdOf(assertOk(parseGrk(`A01-${'0'.repeat(32)}`))), '71f02f6a');
    assertOk(parseGrkId(grkIdOf(assertOk(parseGrk('A01-0123456789ABCDEFGHIJKLMNOPQRSTUV')))));
  });

  test('a fingerprint is 16 hex of SHA-256 in groups of four', () => {
    // head -c 32 /dev/zero | sha256sum
    assert.equal(fingerprintOf(new Uint8Array(32)), '6668-7aad-f862-bd77');
    assert.match(fingerprintOf(new Uint8Array()), /^([0-9a-f]{4}-){3}[0-9a-f]{4}$/);
  });

  test('the product code is the last two digits of the serial', () => {
    assert.equal(productCodeOf(assertOk(parseSerial('1524-0071-24'))), '24');
  });
});

suite('ids that are made', (test) => {
  // basenc --base32 of RFC 4648 §6, in lower case
  test('an id is the base32 of its bytes, in lower case', () => {
    assert.equal(deviceIdFrom(Uint8Array.from({ length: 17 }, (_, i) => i)), 'd_aaaqeayeaudaocajbifqydiob4');
    assert.equal(accountIdFrom(new Uint8Array(17).fill(255)), `a_${'7'.repeat(26)}`);
  });

  test('any 17 bytes and more make an id that is read back, and the same bytes the same id', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 17, maxLength: 40 }), (random) => {
        assert.equal(assertOk(parseDeviceId(deviceIdFrom(random))), deviceIdFrom(random));
        assert.equal(
          assertOk(parseAccountId(accountIdFrom(random))).slice(2),
          deviceIdFrom(random.slice(0, 17)).slice(2),
        );
      }),
    );
  });

  test('each of the 130 bits that are used tells ids apart', () => {
    const bits = Array.from({ length: 130 }, (_, bit) => {
      const random = new Uint8Array(17);
      random[bit >> 3] = 0x80 >> (bit & 7);
      return deviceIdFrom(random);
    });
    assert.equal(new Set(bits).size, 130);
    assert.ok(!bits.includes(deviceIdFrom(new Uint8Array(17))));
  });

  test('fewer than 17 bytes are a bug of ours', () => {
    for (const length of [0, 1, 16]) assert.throws(() => deviceIdFrom(new Uint8Array(length)), /this is a bug/);
  });

  test('a GRK is made of 32 bytes below 252, and of the first 32 that are', () => {
    assert.equal(grkFrom(new Uint8Array(32)), `A01-${'0'.repeat(32)}`);
    assert.equal(grkFrom(new Uint8Array(32).fill(251)), `A01-${'Z'.repeat(32)}`);
    assert.equal(grkFrom(Uint8Array.from([255, ...new Array(32).fill(1), 2])), `A01-${'1'.repeat(32)}`);
  });

  test('too few bytes below 252 make no GRK', () => {
    for (const random of [new Uint8Array(), new Uint8Array(31), new Uint8Array(64).fill(252)]) {
      assert.equal(grkFrom(random), undefined);
    }
  });

  test('each byte value stands for a character as often as each other', () => {
    const seen = new Map<string, number>();
    for (let byte = 0; byte < 256; byte += 1) {
      const last = grkFrom(Uint8Array.from([...new Array(31).fill(0), byte]))?.at(-1);
      if (last) seen.set(last, (seen.get(last) ?? 0) + 1);
    }
    assert.equal(seen.size, 36);
    assert.deepEqual([...new Set(seen.values())], [7]);
  });

  test('whatever is made is a GRK', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 64, maxLength: 64 }), (random) => {
        const grk: Grk | undefined = grkFrom(random);
        if (grk) assertOk(parseGrk(grk));
        else assert.ok(random.filter((byte) => byte < 252).length < 32);
      }),
    );
  });
});
