import type { Fault, Result } from '../result.ts';
import type { Millis } from '../units.ts';

/** Where and as whom to connect. The client id is the device id; certificate and key are PEM. */
export type UplinkTarget = {
  readonly url: string;
  readonly ca: string;
  readonly certificate: string;
  readonly privateKey: string;
  readonly clientId: string;
  readonly will: UplinkMessage;
  /** What is to be received, a filter; asked for with QoS 1 as soon as the session is open. */
  readonly receives: string;
  readonly keepaliveMs: Millis;
  readonly connectTimeoutMs: Millis;
};

export type UplinkMessage = {
  readonly topic: string;
  readonly payload: string;
  readonly qos: 0 | 1;
  readonly retain: boolean;
};

export type UplinkEvents = {
  /** A message came, after `open` has resolved and before `closed`. Does not throw. */
  received(topic: string, payload: Uint8Array): void;
  /** Exactly once per session, after a session was opened, also when this side closed it (then before `close` resolves). Nothing is reported afterwards. */
  closed(fault: Fault): void;
  /** The broker owes an answer for one and a half to three seconds: the way may be gone. Told again with what is sent later. */
  unanswered?(): void;
  /** It has answered after all. */
  answered?(): void;
};

/**
 * MQTT over TLS with a client certificate.
 *
 * Obligations:
 * - `open` makes one attempt: a session that the broker accepted, or a fault. It never retries by itself (the uplink machine does) and never throws.
 *   Codes: UPLINK_UNREACHABLE, UPLINK_REFUSED (the broker or TLS said no to *us*), UPLINK_PROTOCOL, TLS_UNTRUSTED, TLS_NAME_MISMATCH, TLS_EXPIRED, TLS_CLOCK,
 *   and where a proxy stands on the way PROXY_UNREACHABLE, PROXY_AUTH, PROXY_REFUSED, PROXY_UPSTREAM, PROXY_PROTOCOL, PROXY_CERTIFICATE.
 * - A broker that does not grant `receives` ends the session with UPLINK_REFUSED: it would never hear that anything was committed.
 * - What comes is acknowledged to the broker when `received` has returned. Not more than the packet limit is ever taken in.
 * - `send` resolves ok when the message has left (QoS 0) or was acknowledged by the broker (QoS 1); with a fault when the session ended first.
 * - `close` sends DISCONNECT, so that the broker does not publish the will.
 */
export type UplinkPort = { open(target: UplinkTarget, events: UplinkEvents): Promise<Result<UplinkSession>> };

export type UplinkSession = { send(message: UplinkMessage): Promise<Result<void>>; close(): Promise<void> };
