import { type LedBlink, type LedPattern, type Millis, SECOND_MS } from '@ewon-agent/contracts';
import type { EwonFault } from './faults.ts';

/** Where everything of a running board is. */
export type BoardAddresses = {
  readonly dir: string;
  /** A card in slot sd0 is the file sd0.img in here. */
  readonly slotsDir: string;
  /** What /sys/class/leds is on a real board; `usr:green` and `usr:red`, both lit are orange. */
  readonly ledsDir: string;
  /** As the agent's configuration has it. */
  readonly ewon: { readonly url: string; readonly user: string; readonly passwordFile: string };
  readonly ewonFtpPort: number;
  /** What /proc/sys/kernel/random/boot_id is on a real board: it names the present start. */
  readonly bootIdFile: string;
  /** A file `reboot` in here orders a restart of the board. */
  readonly orderDir: string;
  readonly controlSocket: string;
  /** In the order of `--forward`. */
  readonly forwards: readonly { readonly port: number; readonly target: string }[];
};

/** What a running board tells, one JSON object a line on stdout; `at` is RFC 3339. */
export type BoardEvent =
  | ({ readonly on: 'ready' } & BoardAddresses)
  | { readonly on: 'slot'; readonly slot: string; readonly card: 'in' | 'out'; readonly image?: string }
  | ({ readonly on: 'led'; readonly pattern: LedPattern | null } & LedBlink)
  | { readonly on: 'network'; readonly state: 'up' | 'refused' | 'silent' }
  | { readonly on: 'ewon'; readonly fault: EwonFault }
  /** The board's wall clock has just been set so far ahead of this machine's; behind when negative. */
  | { readonly on: 'clock'; readonly aheadMs: Millis }
  | { readonly on: 'power'; readonly state: 'cut' | 'on' | 'reboot' }
  | { readonly on: 'program'; readonly state: 'started'; readonly pid: number }
  | { readonly on: 'program'; readonly state: 'ended'; readonly pid: number; readonly how: string }
  | { readonly on: 'output'; readonly from: 'stdout' | 'stderr'; readonly line: string }
  | { readonly on: 'answer'; readonly id?: number; readonly ok: boolean; readonly error?: string };

/** Says an event in one line for a person. Answers that all is well say nothing. */
export function eventLine(event: BoardEvent): string | undefined {
  switch (event.on) {
    case 'ready':
      return `ready ${JSON.stringify(event)}`;
    case 'slot':
      return `slot    ${event.slot}: card ${event.card}${event.image ? ` (${event.image})` : ''}`;
    case 'led':
      return `led     ${event.pattern ?? 'unknown pattern'}: ${event.colour} ${shown(event)}`;
    case 'network':
      return `network ${event.state}`;
    case 'ewon':
      return `ewon    ${event.fault}`;
    case 'clock':
      return `clock   ${offset(event.aheadMs)}`;
    case 'power':
      return `power   ${event.state}`;
    case 'program':
      return `program ${event.state} (pid ${event.pid})${event.state === 'ended' ? ` ${event.how}` : ''}`;
    case 'output':
      return `        | ${event.line}`;
    case 'answer':
      return event.ok ? undefined : `refused ${event.error}`;
  }
}

function offset(aheadMs: Millis): string {
  if (aheadMs === 0) return 'right';
  const seconds = Math.abs(aheadMs) / SECOND_MS;
  return `${Math.floor(seconds / 86_400)} days and ${(seconds % 86_400).toFixed(3)} s ${aheadMs < 0 ? 'behind' : 'ahead'}`;
}

function shown({ onMs, offMs }: LedBlink): string {
  return onMs === 0 && offMs === 0 ? 'steady' : `blinking, ${onMs} ms on, ${offMs} ms off`;
}
