import { type Cell, numberIn, type Row } from './row-line.ts';
import type { TableFile } from './table-file.ts';
import type { RefusedLine } from './text-file.ts';

/** The export block descriptor of the events, as text; `$st_m10` and the like choose since when. Source: ewon-facts §4. */
export const EVENTS_DESCRIPTOR = '$dtEV$ftT';

/** The event that says that the file was full and its oldest events made room (ewon-facts §4). */
export const EVENTS_CIRCULATED = 23_607;

/**
 * One event, `"24/02/2016";"14:40:00";"bkz-The SD device has been inserted";"udevmon";79347;1073779147`. An Ewon prints its local time and no zone.
 */
export type EwonEvent = {
  /** `2016-02-24T14:40:00`; undefined where the date is missing or none. */
  readonly localTime?: string;
  /** Date and time as they stand. */
  readonly when: string;
  readonly text: string;
  /** The part of the firmware that wrote it. */
  readonly origin: string;
  /** What the Ewon writes before the id; counts down over a boot. Nothing public says what it is. */
  readonly number: number;
  /** As it stands: bit 30 is set on events that are no errors. */
  readonly id: number;
  /** The id without bit 30. */
  readonly event: number;
};
export type EventLine = { readonly line: number; readonly event: EwonEvent };

/** Finds the events in a table, and what keeps other lines from being one. The first line of a file that went around may be the rest of one. */
export function eventsIn(table: TableFile): {
  readonly events: readonly EventLine[];
  readonly refused: readonly RefusedLine[];
} {
  const events: EventLine[] = [];
  const refused = [...table.refused];
  for (const row of table.rows) {
    const event = eventOf(row);
    if (typeof event === 'string') refused.push({ line: row.line, code: 'EVENTS_LINE_BAD', reason: event });
    else events.push({ line: row.line, event });
  }
  return { events, refused: refused.sort((a, b) => a.line - b.line) };
}

/** Tells whether an event is one of an error: bit 30 of its id is not set. */
export function isError({ id, event }: EwonEvent): boolean {
  return id === event;
}

/** The last four cells are text, origin, number and id; before them stand date and time, in one cell or two. */
function eventOf({ cells }: Row): EwonEvent | string {
  if (cells.length < 5 || cells.length > 6) return `${cells.length} cells, not 5 or 6`;
  const [text, origin, number, id] = cells.slice(-4);
  if (!text?.quoted || !origin?.quoted) return 'no quoted text and origin';
  const [numberValue, idValue] = [wholeIn(number), wholeIn(id)];
  if (numberValue === undefined || idValue === undefined) return 'no number and id at the end';
  const when = cells
    .slice(0, -4)
    .map((cell) => cell.text)
    .join(' ');
  const localTime = localTimeOf(when);
  return {
    ...(localTime !== undefined && { localTime }),
    ...{ when, text: text.text, origin: origin.text, number: numberValue, id: idValue },
    event: idValue % INFORMATION,
  };
}

const INFORMATION = 2 ** 30;

function wholeIn(cell: Cell | undefined): number | undefined {
  const number = numberIn(cell);
  return Number.isSafeInteger(number) && number !== undefined && number >= 0 ? number : undefined;
}

function localTimeOf(when: string): string | undefined {
  const [, day = '', month = '', year = '', time = ''] = /^(\d\d)\/(\d\d)\/(\d{4}) (\d\d:\d\d:\d\d)$/.exec(when) ?? [];
  const local = `${year}-${month}-${day}T${time}`;
  const read = new Date(`${local}Z`);
  // a 31st of February would become a day of March
  return Number.isNaN(read.getTime()) || !read.toISOString().startsWith(local) ? undefined : local;
}
