import type { Millis } from '@ewon-agent/contracts';
import { htmlTable } from './cells.ts';
import { eventFileText, eventsBetween } from './event-file.ts';
import type { EwonState } from './ewon-state.ts';
import { type Descriptor, momentOf } from './export-descriptor.ts';
import { instantValuesText } from './instant-values.ts';
import { comcfgText } from './settings-files.ts';
import { statusOf, statusText } from './status.ts';
import { tagListText } from './tag-list.ts';

/** An answer to a descriptor, or why there is none. */
export type Block = { readonly type: string; readonly text: string } | { readonly missing: string };

/** Answers an export block descriptor. What the simulated Ewon does not hold it names, and answers nothing made up. */
export function exportBlock(state: EwonState, descriptor: Descriptor, nowMs: Millis): Block {
  const { dt, ft } = descriptor;
  const make = BLOCKS[`${dt}${ft ?? DEFAULT_FORMATS[dt] ?? ''}`];
  if (make) return { type: ft === 'H' ? 'text/html' : 'text/plain', text: make(state, descriptor, nowMs) };
  return { missing: `this simulated Ewon does not answer $dt${dt}${ft === undefined ? '' : `$ft${ft}`}` };
}

type Make = (state: EwonState, descriptor: Descriptor, nowMs: Millis) => string;

/** RG-001 v1.5, table 137; of ES and SC it marks none. */
const DEFAULT_FORMATS: Readonly<Record<string, string>> = {
  AH: 'T',
  AR: 'T',
  EV: 'T',
  PG: 'T',
  TL: 'T',
  ES: 'T',
  SC: 'T',
};

/** RG-001 v1.5 §7.2. */
const ALARMS = '"TagId";"AlarmTime";"TagName";"AlStatus";"AlType";"StatusTime";"UserAck";"Description"\r\n';

const BLOCKS: Readonly<Record<string, Make>> = {
  EST: (state) => statusText(state),
  ESH: (state) => htmlTable('estat', [...statusOf(state)]),
  EVT: events,
  IVT: (state) => instantValuesText(state.tags),
  SCT: (state) => comcfgText(state),
  PGT: (state) => state.program,
  TLT: (state) => tagListText(state, 'withValues'),
  ART: () => ALARMS,
  AHT: () => ALARMS,
};

function events({ events: file }: EwonState, { fields }: Descriptor, nowMs: Millis): string {
  const [from, to] = [fields.get('st'), fields.get('et')];
  if (from === undefined && to === undefined) return eventFileText(file);
  return eventsBetween(file, momentOf(from ?? '', nowMs) ?? 0, momentOf(to ?? '', nowMs) ?? nowMs);
}
