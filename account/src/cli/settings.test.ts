import { assert, suite } from '@ewon-agent/contracts/testing';
import { ewonView } from '../http/views.ts';
import { ewonRecord } from '../testing/records.ts';
import { ewonsText } from './settings.ts';

suite('account ewons: the table', (test) => {
  test('what people wrote of Ewons has columns, where it was written of one of them', () => {
    const none = { description: '', note: '' };
    const ewons = [
      ewonView(ewonRecord({ ...none, name: 'Pump', customFields: ['', 'Town hall', ''] })),
      ewonView(ewonRecord({ ...none, name: 'Fan', customFields: ['', '', ''], note: 'From card 7' })),
    ];
    const [head, pump, fan] = ewonsText(ewons).split('\n');
    assert.match(head ?? '', /agent +custom2 +note$/);
    assert.match(pump ?? '', /Pump .* Town hall$/);
    assert.match(fan ?? '', /Fan .* From card 7$/);
  });
});
