import type { Step } from './scenario.ts';

/** Words a step for people: `insert card key, slot usb1`; `expect registration pending within 5000 ms`. */
export function wordsOf(step: Step): string {
  switch (step.do) {
    case 'wait':
      return `wait ${step.ms} ms`;
    case 'expect':
      return `expect ${flat(step.seen)} within ${step.withinMs} ms`;
    case 'stays':
      return `stays ${flat(step.seen)} for ${step.forMs} ms`;
    default:
      return `${apart(step.do)} ${flat(step.with)}`.trimEnd();
  }
}

/** `{slots: {usb1: {code: 'CARD_GONE'}}}` as `slots usb1 code CARD_GONE`. */
function flat(value: unknown): string {
  if (Array.isArray(value)) return value.map(flat).join('; ');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([name, member]) => `${apart(name)} ${flat(member)}`)
    .join(', ');
}

/** `insertAndPull` as `insert and pull`. */
function apart(name: string): string {
  return name.replace(/[a-z](?=[A-Z])/g, '$& ').toLowerCase();
}
