import type { Code } from '@ewon-agent/contracts';

/** What the `sdcard` command exits with. */
export const EXIT = { usable: 0, machineFailed: 1, wrongUse: 2, refused: 3 } as const;
export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];

const WRONG_USE: readonly Code[] = [
  ...(['USAGE', 'NODE_TOO_OLD', 'TARGET_MISSING', 'TARGET_REFUSED'] as const),
  ...(['DRIVE_SYSTEM', 'DRIVE_IN_USE', 'DRIVE_NOT_REMOVABLE', 'DRIVE_UNKNOWN'] as const),
];
const MACHINE_FAILED: readonly Code[] = [
  'CARD_UNREADABLE',
  'CARD_UNWRITABLE',
  'CARD_GONE',
  'ADMIN_UNREACHABLE',
  'ACCOUNT_NOT_RUNNING',
  'ACCOUNT_ERROR',
];

/** Finds the exit status that tells scripts what kind of outcome it was: a failing machine, wrong use, or a card or an account that says no. */
export function exitStatusOf(outcome: Code): ExitStatus {
  if (outcome === 'CARD_USABLE') return EXIT.usable;
  if (WRONG_USE.includes(outcome)) return EXIT.wrongUse;
  return MACHINE_FAILED.includes(outcome) ? EXIT.machineFailed : EXIT.refused;
}
