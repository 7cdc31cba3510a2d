import { assert, suite } from '@ewon-agent/contracts/testing';
import { instantValuesText, QUALITY_GOOD } from './instant-values.ts';

suite('instant values as text', (test) => {
  test('an Ewon without tags writes the header only', () => {
    assert.equal(instantValuesText(new Map()), '"TagId";"TagName";"Value";"AlStatus";"AlType";"Quality"\r\n');
  });

  test('numbers stand bare, strings in quotes with a backslash before quotes', () => {
    const tags = new Map([
      ['Level', { value: 40.5, quality: QUALITY_GOOD }],
      ['Batch', { value: 'A "17" \\', quality: 0 }],
    ]);
    assert.deepEqual(instantValuesText(tags).split('\r\n').slice(1), [
      '1;"Level";40.5;0;0;65472',
      '2;"Batch";"A \\"17\\" \\\\";0;0;0',
      '',
    ]);
  });
});
