import { execFileSync } from 'node:child_process';

/** IPv4 and TCP with timestamps, which Linux sends in each segment: RFC 791 §3.1, RFC 9293 §3.1, RFC 7323 §3.2. */
const HEADERS_BYTES = 20 + 20 + 12;

/** Bytes that the TCP connections of a process have put on the wire so far, both ways, with their headers. By `ss` of iproute2. */
export function wireBytesOf(pid: number): number {
  return wireBytesIn(execFileSync('ss', ['-tinpH'], { encoding: 'utf8' }), pid);
}

/** Adds up what `ss -tinpH` tells of a process: two lines for each connection. */
export function wireBytesIn(text: string, pid: number): number {
  const connections = text.split(/\n(?=\S)/).filter((connection) => connection.includes(`,pid=${pid},`));
  return connections.reduce((sum, connection) => {
    const of = (name: string) => Number(new RegExp(`\\b${name}:(\\d+)`).exec(connection)?.[1] ?? 0);
    return sum + of('bytes_sent') + of('bytes_received') + (of('segs_out') + of('segs_in')) * HEADERS_BYTES;
  }, 0);
}
