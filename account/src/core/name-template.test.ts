import { parseSerial } from '@ewon-agent/contracts';
import { assert, assertOk, suite } from '@ewon-agent/contracts/testing';
import { nameBy, unknownPartOf } from './name-template.ts';

const record = { serial: assertOk(parseSerial('1600-0001-21')), note: 'Hall {n}', model: '' };

suite('names by a template', (test) => {
  const names: readonly [string, string][] = [
    ['Pump {n} ({serial})', 'Pump 7 (1600-0001-21)'],
    ['{note} {model}', 'Hall {n}'],
    ['{model}', ''],
  ];
  for (const [template, name] of names)
    test(`"${template}" makes "${name}"`, () => assert.equal(nameBy(template, record, 7), name));

  const parts: readonly [string, string | undefined][] = [
    ['Pump {n} ({serial}), {note}, {model}', undefined],
    ['Pump {N}', '{N}'],
    ['{n} {bad} {worse}', '{bad}'],
    ['{}', '{}'],
    ['{{n}}', undefined],
    ['a { b', undefined],
    ['', undefined],
  ];
  for (const [template, part] of parts)
    test(`"${template}" has ${part ?? 'no part'} that stands for nothing`, () => {
      assert.equal(unknownPartOf(template), part);
    });
});
