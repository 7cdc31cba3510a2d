import { CODES, type Code, type Envelope, type EventMessage, printable, timestampOf } from '@ewon-agent/contracts';

/** Longest text of an event; the account's schema refuses longer ones. */
const EVENT_TEXT_MAX = 500;

/** Heads a message with its place in the device's order. */
export function envelope(place: { readonly atMs: number; readonly epoch: string; readonly seq: number }): Envelope {
  return { v: 1, at: timestampOf(place.atMs), epoch: place.epoch, seq: place.seq };
}

/** Words an event for people: what happened and with what value; untrusted text is made harmless here. */
export function eventMessage(head: Envelope, code: Code, detail: string): EventMessage {
  const { severity, text } = CODES[code];
  const said = detail ? `${text.replace(/\.$/, '')} (${printable(detail, 300)}).` : text;
  return { ...head, code, severity, text: said.slice(0, EVENT_TEXT_MAX) };
}
