// How much a broker may send. The account sends acknowledgements, policy and commands: a few KiB a second at the most.
// More is a broker that floods us: each message is small enough, but all of them keep a board from its work.

import {
  err,
  KIB,
  type Millis,
  MQTT_PACKET_MAX_BYTES,
  ok,
  PACKET_GATE_START,
  type PacketGate,
  type PacketLimits,
  passPackets,
  type Result,
  SECOND_MS,
} from '@ewon-agent/contracts';

/** What may come now, of bytes or of messages, and from when on that counts. */
export type InboundBudget = { readonly left: number; readonly atMs: Millis };

/** How much may come at once, and in the long run. */
export type InboundRate = { readonly atOnce: number; readonly perSecond: number };

/** In bytes. At once: all that is retained for a device, each a packet of the greatest length four times. */
export const INBOUND_BYTES: InboundRate = { atOnce: 1024 * KIB, perSecond: 128 * KIB };
/**
 * In messages and answers with more than a code, whose bytes count as well: what a small one costs a parser is many times
 * its length. At once: commands and policy, and the acknowledgements of a downlink that stood still for seconds. In the long
 * run as many acknowledgements as the bytes allow.
 */
export const INBOUND_MESSAGES: InboundRate = { atOnce: 500, perSecond: 1000 };

/** CONNACK, SUBACK, PUBACK and what else is no message: a few bytes, and room for a reason in words. */
const ANSWER_MAX_BYTES = 256;
/** The account sends none; what a broker adds of its own has less than 20 bytes. */
const PROPERTIES_MAX_BYTES = 64;

/**
 * What a packet may measure before a parser sees it.
 * @param version of MQTT as on the wire: 4 is 3.1.1, which has no properties
 */
export function inboundLimits(version: 4 | 5): PacketLimits {
  const limits = { packetBytes: MQTT_PACKET_MAX_BYTES, answerBytes: ANSWER_MAX_BYTES };
  return version === 5 ? { ...limits, propertyBytes: PROPERTIES_MAX_BYTES } : limits;
}

/** What came over a connection so far, as far as it counts. */
export type Inbound = { readonly gate: PacketGate; readonly bytes: InboundBudget; readonly messages: InboundBudget };

/** @param atMs of a clock that does not jump */
export function inboundStart(atMs: Millis): Inbound {
  return {
    gate: PACKET_GATE_START,
    bytes: fullBudget(INBOUND_BYTES, atMs),
    messages: fullBudget(INBOUND_MESSAGES, atMs),
  };
}

/** Judges a piece of what comes, before a parser works on it. Codes: UPLINK_PROTOCOL. */
export function admitInbound(inbound: Inbound, chunk: Uint8Array, limits: PacketLimits, atMs: Millis): Result<Inbound> {
  const bytes = spend(inbound.bytes, INBOUND_BYTES, chunk.length, atMs);
  if (!bytes) return err('UPLINK_PROTOCOL', 'more than an account sends');
  const passed = passPackets(inbound.gate, chunk, limits);
  if (!passed.ok) return passed;
  const messages = spend(inbound.messages, INBOUND_MESSAGES, passed.value.costly, atMs);
  if (!messages) return err('UPLINK_PROTOCOL', 'more messages than an account sends');
  return ok({ gate: passed.value.gate, bytes, messages });
}

/** A session begins with all that may come at once. */
export function fullBudget(rate: InboundRate, atMs: Millis): InboundBudget {
  return { left: rate.atOnce, atMs };
}

/**
 * Takes what came out of the budget.
 * @param atMs of a clock that does not jump
 * @returns what is left; undefined when more came than may
 */
export function spend(
  budget: InboundBudget,
  rate: InboundRate,
  amount: number,
  atMs: Millis,
): InboundBudget | undefined {
  const earned = (Math.max(0, atMs - budget.atMs) / SECOND_MS) * rate.perSecond;
  const left = Math.min(rate.atOnce, budget.left + earned) - amount;
  return left < 0 ? undefined : { left, atMs };
}
