import type { Serial } from '../ids.ts';
import type { Result } from '../result.ts';

/** What the Ewon's firmware says of itself. `firmware` as in events.txt: `14.6s0`. */
export type EwonIdentity = { readonly serial: Serial; readonly model: string; readonly firmware: string };

/**
 * The Ewon beside the agent. Obligations: `identity` answers within five seconds and never throws.
 * Codes: FIRMWARE_UNREACHABLE, FIRMWARE_ANSWER_BAD.
 */
export type FirmwarePort = { identity(): Promise<Result<EwonIdentity>> };
