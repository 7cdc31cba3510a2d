import { type PasswordPolicy, POLICY_BOUNDS } from '../core/password-policy.ts';
import { ACCOUNT_PERMISSIONS, type GivenPermission, POOL_PERMISSIONS, type Pools } from '../core/permissions.ts';
import { REMEMBER_DAYS, type TwoFactorPolicy } from '../core/two-factor.ts';
import { ADMINISTRATORS, TOKEN_APIS, type TokenApi } from '../core/users.ts';
import type { AboutChange, ContactSet } from '../service/about.ts';
import type { NewUser, UserChange } from '../service/user-changes.ts';
import { body, name, text, three, threeChange } from './bodies.ts';

// What the admin API takes about users, checked at the door. Unknown members are refused.

const groupId = { type: 'string', pattern: `^(g_[\\w-]{22}|${ADMINISTRATORS})$` };
/** More than any policy asks for, so that the policy says what is wrong. */
export const password = text(200);
/** A login is typed into forms and named in URLs and logs: no blanks. */
const login = { type: 'string', pattern: '^[\\p{L}\\p{N}._@+-]{1,60}$' };
const customFields = three(text(255));
const groupIds = { type: 'array', items: groupId, maxItems: 100, uniqueItems: true };
const email = { type: 'string', pattern: '^([^\\s@]{1,100}@[^\\s@]{1,150})?$' };

export const readNewUser = body<NewUser>({ login, password, fullName: text(100), email, customFields, groupIds }, [
  'login',
  'password',
]);
export const readUserChange = body<UserChange>({
  ...{ fullName: text(100), email, customFields: threeChange(text(255)), groupIds },
});
/** A network as the log names it, or an address of it. */
export const readNetwork = body<{ readonly network: string }>(
  { network: { type: 'string', pattern: '^[0-9a-fA-F.:]{2,45}(/24|/64)?$' } },
  ['network'],
);
export const readPassword = body<{ readonly password: string }>({ password }, ['password']);

const given = { enum: [...POOL_PERMISSIONS, ...ACCOUNT_PERMISSIONS] };
const permissions = { type: 'array', items: given, maxItems: 50, uniqueItems: true };
const pools = { anyOf: [{ const: 'all' }, { type: 'array', items: name, maxItems: 1000, uniqueItems: true }] };
/** What a group or a token is given. */
export type GivenBody = {
  readonly name: string;
  readonly permissions: readonly GivenPermission[];
  readonly pools: Pools;
};
export const readGiven = body<GivenBody>({ name, permissions, pools }, ['name', 'permissions', 'pools']);
export const readGivenChange = body<Partial<GivenBody>>({ name, permissions, pools });
const apis = { type: 'array', items: { enum: TOKEN_APIS }, minItems: 1, uniqueItems: true };
export type TokenBody = GivenBody & { readonly apis?: readonly TokenApi[] };
export const readToken = body<TokenBody>({ name, permissions, pools, apis }, ['name', 'permissions', 'pools']);
export const readTokenChange = body<Partial<TokenBody>>({ name, permissions, pools, apis });

const within = ({ min, max }: { readonly min: number; readonly max: number }) => ({
  ...{ type: 'integer', minimum: min, maximum: max },
});
const orNot = (schema: object) => ({ anyOf: [schema, { type: 'null' }] });
const yesOrNo = { type: 'boolean' };
const whole = <T>(properties: Record<string, object>) => body<T>(properties, Object.keys(properties));

export const readPasswordPolicy = body<Partial<PasswordPolicy>>({
  lengthMin: within(POLICY_BOUNDS.lengthMin),
  ...{ letter: yesOrNo, digit: yesOrNo, special: yesOrNo, digitOrSpecial: yesOrNo },
  expiryDays: orNot(within(POLICY_BOUNDS.expiryDays)),
  differentPasswords: orNot(within(POLICY_BOUNDS.differentPasswords)),
});
export const readTwoFactorPolicy = body<Partial<TwoFactorPolicy>>({
  ...{ enabled: yesOrNo, forNewUsers: yesOrNo, rememberPcs: yesOrNo, rememberDays: within(REMEMBER_DAYS) },
});
const fieldNames = threeChange(text(40));
export const readAbout = body<AboutChange>({
  ...{ name, company: text(100), address: text(500), reference: text(100) },
  ...{ ewonFields: fieldNames, userFields: fieldNames },
});
const contact = { name, email, phone: text(40) };
export const readContact = whole<ContactSet>(contact);
export const readContactChange = body<Partial<ContactSet>>(contact);

/** A code of an app, or a recovery code as it is written down. */
const code = text(60);
export type SignInBody =
  | { readonly once: string }
  | {
      readonly login: string;
      readonly password: string;
      readonly code?: string;
      readonly newPassword?: string;
      readonly remember?: boolean;
    };
export const readOnce = body<{ readonly once: string }>({ once: text(64) }, ['once']);
export const readSignIn = body<Exclude<SignInBody, { readonly once: string }>>(
  { login: text(100), password, code, newPassword: password, remember: yesOrNo },
  ['login', 'password'],
);
export const readNewPassword = whole<{ readonly password: string; readonly newPassword: string }>({
  ...{ password, newPassword: password },
});
export const readCode = whole<{ readonly code: string }>({ code });
