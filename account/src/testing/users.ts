import { timestampOf } from '@ewon-agent/contracts';
import type { Credentials, UserRecord } from '../core/users.ts';
import { NOW_MS } from './facts.ts';

let count = 0;

/** A user; another one at each call. */
export function userRecord(facts: Partial<UserRecord> = {}): UserRecord {
  count += 1;
  return {
    ...{ userId: `u_${String(count).padStart(22, '0')}`, login: `user${count}`, fullName: '', email: '' },
    ...{ customFields: ['', '', ''], twoFactor: 'off', twoFactorSince: null, passwordExpiresAt: null },
    ...{ passwordSetAt: timestampOf(NOW_MS), createdAt: timestampOf(NOW_MS), signedInAt: null },
    ...facts,
  };
}

export const CREDENTIALS: Credentials = {
  ...{ salt: 'salt', passwordHash: 'hash', sealedSecret: null, sealedNewSecret: null, lastStep: 0 },
};
