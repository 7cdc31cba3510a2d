import { assert, suite } from '@ewon-agent/contracts/testing';
import { SD0 } from '../testing/fixtures.ts';
import type { SlotState } from './model.ts';
import { type SlotEvent, slotTransition } from './slot.ts';

const STATES: Record<string, SlotState> = {
  empty: { at: 'empty' },
  reading: { at: 'reading', insertion: 'i1' },
  settled: { at: 'settled', insertion: 'i1', code: 'CARD_USABLE', detail: '' },
};
const verdict = { code: 'T2M_EMPTY', detail: '' } as const;
const EVENTS: Record<string, SlotEvent> = {
  CardInserted: { on: 'CardInserted', slot: SD0, insertion: 'i2' },
  CardPassedBy: { on: 'CardPassedBy', slot: SD0, insertion: 'i2', verdict },
  CardRemoved: { on: 'CardRemoved', slot: SD0 },
  'CardLoading (this)': { on: 'CardLoading', slot: SD0, insertion: 'i1' },
  'CardLoading (other)': { on: 'CardLoading', slot: SD0, insertion: 'i0' },
  'CardJudged (this)': { on: 'CardJudged', slot: SD0, insertion: 'i1', verdict },
  'CardJudged (other)': { on: 'CardJudged', slot: SD0, insertion: 'i0', verdict },
};
const TABLE: Record<string, Record<string, string>> = {
  empty: {
    CardInserted: 'reading i2: readCard, report SD_INSERTED',
    CardPassedBy: 'settled i2: report SD_INSERTED, report T2M_EMPTY',
    CardRemoved: 'empty: ',
    'CardLoading (this)': '-',
    'CardLoading (other)': '-',
    'CardJudged (this)': '-',
    'CardJudged (other)': '-',
  },
  reading: {
    CardInserted: 'reading i2: readCard, report SD_INSERTED',
    CardPassedBy: 'settled i2: report SD_INSERTED, report T2M_EMPTY',
    CardRemoved: 'empty: report CARD_GONE, report SD_REMOVED',
    'CardLoading (this)': 'reading i1: ',
    'CardLoading (other)': '-',
    'CardJudged (this)': 'settled i1: report T2M_EMPTY',
    'CardJudged (other)': '-',
  },
  settled: {
    CardInserted: 'reading i2: readCard, report SD_INSERTED',
    CardPassedBy: 'settled i2: report SD_INSERTED, report T2M_EMPTY',
    CardRemoved: 'empty: report SD_REMOVED',
    'CardLoading (this)': '-',
    'CardLoading (other)': '-',
    'CardJudged (this)': '-',
    'CardJudged (other)': '-',
  },
};

suite('slot machine', (test) => {
  test('every cell of state × event is as the table says', () => {
    for (const [stateName, state] of Object.entries(STATES)) {
      for (const [eventName, event] of Object.entries(EVENTS)) {
        const [next, effects] = slotTransition(state, event);
        const did = effects.map((e) => (e.do === 'report' ? `report ${e.code}` : e.do)).join(', ');
        const cell = next === state ? '-' : `${next.at}${next.at === 'empty' ? '' : ` ${next.insertion}`}: ${did}`;
        assert.equal(cell, TABLE[stateName]?.[eventName], `${stateName} × ${eventName}`);
      }
    }
  });
});
