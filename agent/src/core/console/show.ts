import { printable } from '@ewon-agent/contracts';
import type { AgentStatus } from '../status.ts';

// What of the status answers a narrower question. The words are those of the status, so that a person meets each of them once.

/** The names of the lines of a status that answer it; `Slot` is any slot. */
const SECTIONS = {
  card: ['Slot', 'Next', 'LED'],
  registration: [
    'Agent',
    'Registration',
    'Account',
    'At',
    'Pool',
    'Moving to',
    'Moved from',
    'Card key',
    'Last',
    'Next',
  ],
  identity: ['Agent', 'Key', 'Ewon', 'Account', 'Pool'],
  uplink: ['Agent', 'Uplink', 'At', 'Last', 'Next'],
} as const satisfies Record<string, readonly string[]>;
export type Section = keyof typeof SECTIONS;

/** The lines of one section of a status, with what is said below each of them. */
export function sectionOf(lines: readonly string[], section: Section): readonly string[] {
  const wanted: readonly string[] = SECTIONS[section];
  let isIn = false;
  return lines.filter((line) => {
    const name = /^\S+(?: \S+)?(?= {2,})|^Slot(?= )|^Events$/.exec(line)?.[0] ?? '';
    if (name !== '') isIn = wanted.includes(name) || (wanted.includes('Slot') && name.startsWith('Slot'));
    return isIn;
  });
}

/** The same of the values, for a script. */
export function sectionValue(status: AgentStatus, section: Section): unknown {
  const { slots, registration, fingerprint, uplink, led } = status;
  const { account, deviceId, name, pool } = registration;
  if (section === 'card') return { slots, led };
  if (section === 'identity') return { fingerprint, account, deviceId, name, pool };
  return section === 'uplink' ? uplink : registration;
}

/** The newest events, each with its time. */
export function logLines({ events }: Pick<AgentStatus, 'events'>): readonly string[] {
  if (events.length === 0) return ['No events yet.'];
  return events.map(({ at, code, text }) => `${at.slice(0, 19)}Z ${code.padEnd(22)}  ${printable(text, 200)}`);
}
