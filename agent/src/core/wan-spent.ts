// What probes put on the line, as an upper estimate of all that an Ethernet carries; docs/decisions/0033-wan.md says how it is held against that.

/** What Ethernet, IP and TCP add to each segment, and how much fits into one. */
const SEGMENT = { overheadBytes: 66, payloadBytes: 1360 };

/** Opening and closing a connection: SYN, SYN-ACK, ACK, two of FIN and ACK each, and two that are sent again. */
export const TCP_BYTES = 10 * 74;
/** Question and answer over UDP, with room for four addresses. */
export const DNS_BYTES = 320;

/** What a connection carried beside that: its bytes, in segments of both directions. */
export function streamBytes(bytes: number): number {
  return bytes + 2 * Math.ceil(bytes / SEGMENT.payloadBytes) * SEGMENT.overheadBytes;
}
