import type { Millis } from '@ewon-agent/contracts';
import { TOTP } from 'otpauth';

/** What an authenticator app shows at a moment. @param secret as the page shows it, blanks or not */
export function codeAt(secret: string, nowMs: Millis): string {
  return new TOTP({ secret: secret.replaceAll(' ', '') }).generate({ timestamp: nowMs });
}
