// The slot machine, one per slot.
//
//   empty ──CardInserted──▶ reading ──CardJudged──▶ settled
//     ▲  └──CardPassedBy───────│──────────────────────▶ │
//     └──────CardRemoved───────┴────────────────────────┘
//
// empty     no medium
// reading   the medium is being read; an answer about another insertion is late and changes nothing
// settled   the medium is in and was judged: `code` is what a person is told about it

import type { Code, Fault, SlotId } from '@ewon-agent/contracts';
import type { SlotState } from './model.ts';

export type SlotEvent =
  | { readonly on: 'CardInserted'; readonly slot: SlotId; readonly insertion: string }
  /** Inserted where no card is wanted: it is not even read. */
  | { readonly on: 'CardPassedBy'; readonly slot: SlotId; readonly insertion: string; readonly verdict: Fault }
  | { readonly on: 'CardRemoved'; readonly slot: SlotId }
  | { readonly on: 'CardJudged'; readonly slot: SlotId; readonly insertion: string; readonly verdict: Fault };

export type SlotEffect =
  | { readonly do: 'readCard'; readonly slot: SlotId; readonly insertion: string }
  | { readonly do: 'report'; readonly code: Code; readonly detail: string };

/** Decides what follows from an event at one slot. Total and pure; an event that does not fit keeps the state. */
export function slotTransition(state: SlotState, event: SlotEvent): readonly [SlotState, readonly SlotEffect[]] {
  switch (event.on) {
    case 'CardInserted': {
      const { slot, insertion } = event;
      return [{ at: 'reading', insertion }, [{ do: 'readCard', slot, insertion }]];
    }
    case 'CardPassedBy': {
      const { code, detail } = event.verdict;
      return [{ at: 'settled', insertion: event.insertion, code, detail }, [report(event.slot, event.verdict)]];
    }
    case 'CardRemoved':
      return [{ at: 'empty' }, state.at === 'reading' ? [report(event.slot, { code: 'CARD_GONE', detail: '' })] : []];
    case 'CardJudged': {
      if (state.at !== 'reading' || state.insertion !== event.insertion) return [state, []];
      const { code, detail } = event.verdict;
      return [{ at: 'settled', insertion: event.insertion, code, detail }, [report(event.slot, event.verdict)]];
    }
  }
}

function report(slot: SlotId, { code, detail }: Fault): SlotEffect {
  return { do: 'report', code, detail: detail ? `slot ${slot}: ${detail}` : `slot ${slot}` };
}
