import { err, type Result } from '@ewon-agent/contracts';

/** A path that a person typed has faults of its own (TARGET_…); here it is a slot that is meant. */
export function asCardFault<T>(result: Result<T>, code: 'CARD_UNREADABLE' | 'CARD_UNWRITABLE'): Result<T> {
  if (result.ok || !result.fault.code.startsWith('TARGET_')) return result;
  return err(code, result.fault.detail, result.fault.cause);
}
