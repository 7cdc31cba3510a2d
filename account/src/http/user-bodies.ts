import { ADMINISTRATORS, type UserRecord } from '../core/users.ts';
import type { NewUser } from '../service/user-changes.ts';
import { body, text } from './bodies.ts';

// What the admin API takes about users, checked at the door. Unknown members are refused.

const userId = { type: 'string', pattern: '^u_[\\w-]{22}$' };
const groupId = { type: 'string', pattern: `^(g_[\\w-]{22}|${ADMINISTRATORS})$` };
/** More than any policy asks for, so that the policy says what is wrong. */
export const password = text(200);
/** A login is typed into forms and named in URLs and logs: no blanks. */
const login = { type: 'string', pattern: '^[\\p{L}\\p{N}._@+-]{1,60}$' };
const customFields = { type: 'array', items: text(255), minItems: 3, maxItems: 3 };
const groupIds = { type: 'array', items: groupId, maxItems: 100, uniqueItems: true };
const email = { type: 'string', pattern: '^([^\\s@]{1,100}@[^\\s@]{1,150})?$' };

export const isUserId = (id: string): boolean => new RegExp(userId.pattern).test(id);

export const readNewUser = body<NewUser>({ login, password, fullName: text(100), email, customFields, groupIds }, [
  'login',
  'password',
]);
export type UserChange = Partial<Pick<UserRecord, 'fullName' | 'email' | 'customFields'>> & {
  readonly groupIds?: readonly string[];
};
export const readUserChange = body<UserChange>({ fullName: text(100), email, customFields, groupIds });
export const readPassword = body<{ readonly password: string }>({ password }, ['password']);
