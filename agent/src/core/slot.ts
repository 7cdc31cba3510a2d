// The slot machine, one per slot.
//
//   empty ──CardInserted──▶ reading ──CardJudged──▶ settled
//     ▲  └──CardPassedBy───────│──────────────────────▶ │
//     └──────CardRemoved───────┴────────────────────────┘
//
// empty     no medium
// reading   the medium is being read, and what is on it for the Ewon's firmware is handed over (`loading`); an answer
//           about another insertion is late and changes nothing
// settled   the medium is in and was judged: `code` is what a person is told about it; `marks` what it asked to be left on it

import { type Code, type Fault, type SlotId, slotKindOf } from '@ewon-agent/contracts';
import type { CardWishes, SlotState } from './model.ts';

export type SlotEvent =
  | { readonly on: 'CardInserted'; readonly slot: SlotId; readonly insertion: string }
  /** Inserted where no card is wanted: it is not even read. */
  | { readonly on: 'CardPassedBy'; readonly slot: SlotId; readonly insertion: string; readonly verdict: Fault }
  | { readonly on: 'CardRemoved'; readonly slot: SlotId }
  | { readonly on: 'CardLoading'; readonly slot: SlotId; readonly insertion: string }
  | {
      readonly on: 'CardJudged';
      readonly slot: SlotId;
      readonly insertion: string;
      readonly verdict: Fault;
      readonly wishes?: CardWishes;
    };

export type SlotEffect =
  | { readonly do: 'readCard'; readonly slot: SlotId; readonly insertion: string }
  | { readonly do: 'report'; readonly code: Code; readonly detail: string };

/** Decides what follows from an event at one slot. Total and pure; an event that does not fit keeps the state. */
export function slotTransition(state: SlotState, event: SlotEvent): readonly [SlotState, readonly SlotEffect[]] {
  switch (event.on) {
    case 'CardInserted': {
      const { slot, insertion } = event;
      return [{ at: 'reading', insertion }, [{ do: 'readCard', slot, insertion }, inserted(slot)]];
    }
    case 'CardPassedBy': {
      const { code, detail } = event.verdict;
      return [
        { at: 'settled', insertion: event.insertion, code, detail },
        [inserted(event.slot), report(event.slot, event.verdict)],
      ];
    }
    case 'CardRemoved':
      return [{ at: 'empty' }, removed(state, event.slot)];
    case 'CardLoading':
      if (state.at !== 'reading' || state.insertion !== event.insertion) return [state, []];
      return [{ ...state, loading: true }, []];
    case 'CardJudged': {
      if (state.at !== 'reading' || state.insertion !== event.insertion) return [state, []];
      const { code, detail } = event.verdict;
      const marks = event.wishes ? { marks: { wishes: event.wishes } } : {};
      return [
        { at: 'settled', insertion: event.insertion, code, detail, ...marks },
        [report(event.slot, event.verdict)],
      ];
    }
  }
}

function removed(state: SlotState, slot: SlotId): readonly SlotEffect[] {
  if (state.at === 'empty') return [];
  const gone = state.at === 'reading' ? [report(slot, { code: 'CARD_GONE', detail: '' })] : [];
  return [...gone, report(slot, { code: `${slotKindOf(slot)}_REMOVED`, detail: '' })];
}

function inserted(slot: SlotId): SlotEffect {
  return report(slot, { code: `${slotKindOf(slot)}_INSERTED`, detail: '' });
}

function report(slot: SlotId, { code, detail }: Fault): SlotEffect {
  return { do: 'report', code, detail: detail ? `slot ${slot}: ${detail}` : `slot ${slot}` };
}
