import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { ESTAT_DESCRIPTOR } from './estat.ts';
import { EVENTS_DESCRIPTOR } from './events.ts';
import { BLOCK_TYPES, formatDescriptor, parseDescriptor } from './export-block.ts';
import { INSTANT_VALUES_DESCRIPTOR } from './instant-values.ts';

suite('export block descriptors', (test) => {
  for (const text of [
    ...[ESTAT_DESCRIPTOR, EVENTS_DESCRIPTOR, INSTANT_VALUES_DESCRIPTOR, '$dtES', '$dtEV$ftT$st_m10'],
    ...['$dtHL$ftT$st_s30$et_m0$fnLog.txt', '$dtIV$ftT$flAB', '$dtHL$ftG$st01012001_000000$tn"My tag"$xxnew'],
  ])
    test(`${text} comes out as it was`, () =>
      assert.equal(assertOk(formatDescriptor(assertOk(parseDescriptor(text)))), text));

  test('fields are read up to a blank, a $ or a [, or in quotes', () => {
    assert.deepEqual(assertOk(parseDescriptor('$dtHL $ftT $st_m10 $tn"a $b" $fnData.csv')), [
      { name: 'dt', value: 'HL' },
      { name: 'ft', value: 'T' },
      { name: 'st', value: '_m10' },
      { name: 'tn', value: 'a $b' },
      { name: 'fn', value: 'Data.csv' },
    ]);
  });

  const REFUSED = [
    '',
    'dtES',
    '$ftT$dtES',
    '$dtXX',
    '$dtes',
    '$DTES',
    '$dtES$ftB',
    '$dtFW$ftT',
    '$dtES$f',
    '$dtES[',
    '$dtES x',
    '$dtES$tn"a',
    '$dtES$ftT '.repeat(60),
  ];
  for (const text of REFUSED)
    test(`${JSON.stringify(text.slice(0, 20))} is refused`, () => assertFault(parseDescriptor(text), 'DESCRIPTOR_BAD'));

  test('what cannot be written is refused', () => {
    for (const [name, value] of [
      ['f', 'x'],
      ['fn', 'a"b'],
      ['fn', 'a\nb'],
      ['fn', 'ü'],
    ] as const)
      assertFault(
        formatDescriptor([
          { name: 'dt', value: 'ES' },
          { name, value },
        ]),
        'DESCRIPTOR_BAD',
      );
    assertFault(formatDescriptor([]), 'DESCRIPTOR_BAD');
  });

  test('each kind of data is there once', () => {
    assert.deepEqual(
      BLOCK_TYPES.map(({ dt }) => dt).join(' '),
      'AH AR CF ES EV FW HL HT IV PG PP RE RL SC SE SS SV TL TR UF',
    );
  });
});
