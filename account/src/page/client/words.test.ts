import { assert, suite } from '@ewon-agent/contracts/testing';
import { ago, clockTime, harmless, numberText, proposedNames, sizeText, stillHolds } from './words.ts';

suite('words of the page', (test) => {
  test('untrusted text: what cannot be seen is shown by its number, everything else stays', () => {
    const table = [
      ['Düsseldorf, 東京 & <b>"pump"</b> 😀', 'Düsseldorf, 東京 & <b>"pump"</b> 😀'],
      ['\u001b[31mred', '\\u{1b}[31mred'],
      ['a\u0000b\r\nc\td', 'a\\u{0}b\\u{d}\\u{a}c\\u{9}d'],
      ['pump\u202egnp.exe', 'pump\\u{202e}gnp.exe'],
      ['zero\u200bwidth\ufeff', 'zero\\u{200b}width\\u{feff}'],
      ['\u2066isolate\u2069', '\\u{2066}isolate\\u{2069}'],
      ['line\u2028separator', 'line\\u{2028}separator'],
      ['\ud800 alone', '\\u{d800} alone'],
    ] as const;
    for (const [text, shown] of table) assert.equal(harmless(text), shown);
  });

  test('ago: every unit at its border, and a clock that is ahead of ours', () => {
    const now = Date.parse('2026-11-23T12:00:00Z');
    const s = 1000;
    const table = [
      [-3600 * s, 'just now'],
      [0, 'just now'],
      [4999, 'just now'],
      [5 * s, '5 s ago'],
      [59_999, '59 s ago'],
      [60 * s, '1 min ago'],
      [3600 * s - 1, '59 min ago'],
      [3600 * s, '1 h ago'],
      [24 * 3600 * s - 1, '23 h ago'],
      [24 * 3600 * s, '1 day ago'],
      [9.5 * 24 * 3600 * s, '9 days ago'],
    ] as const;
    for (const [passedMs, said] of table) assert.equal(ago(new Date(now - passedMs).toISOString(), now), said);
    assert.equal(ago('yesterday', now), 'just now');
  });

  test('numbers are written in the language of the page, wherever the browser is', () => {
    assert.deepEqual([numberText(999), numberText(1_234_567), numberText(5.96, 1)], ['999', '1,234,567', '6.0']);
  });

  test('a time is written with all its parts; what is not a time is shown harmlessly', () => {
    assert.match(clockTime('2026-01-02T03:04:05.678Z'), /^2026-01-0[123] \d\d:\d\d:05$/);
    assert.equal(clockTime('soon\u0007'), 'soon\\u{7}');
  });

  test('what still holds is said in the largest unit that is not coarse; what is over is no time', () => {
    const now = Date.parse('2026-03-01T12:00:00Z');
    for (const [aheadMs, said] of [
      ...([
        [-5000, 'no time'],
        [0, 'no time'],
        [40_999, '40 s'],
        [61_000, '1 min'],
        [7_200_000, '2 h'],
        [47 * 3_600_000, '47 h'],
      ] as const),
      ...([
        [48 * 3_600_000, '2 days'],
        [730 * 86_400_000, '730 days'],
      ] as const),
    ] as const)
      assert.equal(stillHolds(new Date(now + aheadMs).toISOString(), now), said);
    assert.equal(stillHolds('never', now), 'no time');
  });

  test('a size is written in the unit that people read', () => {
    assert.deepEqual([0, 1023, 1024, 12_700, 6_291_456].map(sizeText), [
      ...['0 bytes', '1023 bytes', '1 KiB', '12 KiB', '6.0 MiB'],
    ]);
  });

  test('a name is proposed from the note, then with the serial, then the serial alone', () => {
    const serial = '1524-0071-21';
    const long = 'x'.repeat(140);
    assert.deepEqual(proposedNames({ note: '   ', serial }), [serial]);
    assert.deepEqual(proposedNames({ note: ' Pump 4 ', serial }), ['Pump 4', `Pump 4 ${serial}`, serial]);
    assert.deepEqual(proposedNames({ note: long, serial }), [`${'x'.repeat(87)} ${serial}`, serial]);
    for (const note of [long, 'Pump', '']) assert.ok(proposedNames({ note, serial }).every((n) => n.length <= 100));
  });
});
