import { CODES, type Code, type Envelope, type EventMessage, printable, timestampOf } from '@ewon-agent/contracts';

/** Longest text of an event; the account's schema refuses longer ones. */
const EVENT_TEXT_MAX = 500;

/** Heads a message with its place in the device's order. */
export function envelope(place: { readonly atMs: number; readonly epoch: string; readonly seq: number }): Envelope {
  return { v: 1, at: timestampOf(place.atMs), epoch: place.epoch, seq: place.seq };
}

/** What an event says beside its place in the order. */
export type EventBody = Omit<EventMessage, 'v' | 'epoch' | 'seq' | 'historical'>;

/** Words an event for people: what happened and with what value; untrusted text is made harmless here. */
export function eventBody(atMs: number, code: Code, detail: string): EventBody {
  const { severity, text } = CODES[code];
  const said = detail ? `${text.replace(/\.$/, '')} (${printable(detail, 300)}).` : text;
  return { at: timestampOf(atMs), code, severity, text: said.slice(0, EVENT_TEXT_MAX) };
}
