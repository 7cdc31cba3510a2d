import type { Result } from '../result.ts';

/**
 * The board itself, as far as the agent may order it about.
 *
 * Obligations:
 * - `bootId` is another one after each start of the board, and the same as long as it runs, whatever programs do.
 * - `reboot` orders a restart of the board and resolves when it was ordered; the power goes some time later, or before it
 *   resolves. The same again before that is success. It never throws. Codes: REBOOT_UNAVAILABLE (nothing was ordered).
 */
export type BoardPort = { readonly bootId: string; reboot(): Promise<Result<void>> };
