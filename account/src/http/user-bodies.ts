import { FIELD_NAME_MAX, LOGIN_FORM, loginOf } from '../core/names.ts';
import { type PasswordPolicy, POLICY_BOUNDS } from '../core/password-policy.ts';
import { ACCOUNT_PERMISSIONS, type GivenPermission, POOL_PERMISSIONS, type Pools } from '../core/permissions.ts';
import { REMEMBER_DAYS, type TwoFactorPolicy } from '../core/two-factor.ts';
import { ADMINISTRATORS, TOKEN_APIS, type TokenApi } from '../core/users.ts';
import type { AboutChange, ContactSet } from '../service/about.ts';
import type { NewUser, UserChange } from '../service/user-changes.ts';
import { body } from './bodies.ts';
import {
  customFields,
  customFieldsChange,
  fieldNamesChange,
  line,
  name,
  nameIfAny,
  newName,
  number,
  numberOrNone,
  text,
} from './fields.ts';
import { typed } from './typed.ts';

// What the admin API takes about users, checked at the door. Unknown members are refused.

const groupId = { type: 'string', pattern: `^(g_[\\w-]{22}|${ADMINISTRATORS})$` };
/** More than any policy asks for, so that the policy says what is wrong. */
export const password = text(200);
const login = typed<string>({ type: 'string', pattern: '^[\\p{L}\\p{M}\\p{N}._@+-]{1,60}$' }, LOGIN_FORM, loginOf);
const groupIds = { type: 'array', items: groupId, maxItems: 100, uniqueItems: true };
const email = typed(
  { type: 'string', pattern: '^([^\\s@]{1,100}@[^\\s@]{1,150})?$' },
  'an address such as ann@example.com, or nothing',
);
const fullName = nameIfAny(100);

export const readNewUser = body<NewUser>({ login, password, fullName, email, customFields, groupIds }, [
  'login',
  'password',
]);
export const readUserChange = body<UserChange>({ fullName, email, customFields: customFieldsChange, groupIds });
const network = { type: 'string', pattern: '^[0-9a-fA-F.:]{2,45}(/24|/64)?$' };
export const NETWORK_FORM = 'an address such as 192.0.2.1, or the network of one, such as 192.0.2.0/24';
/** A network as the log names it, or an address of it. */
export const readNetwork = body<{ readonly network: string }>({ network: typed(network, NETWORK_FORM) }, ['network']);
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
export const readGiven = body<GivenBody>({ name: newName, permissions, pools }, ['name', 'permissions', 'pools']);
export const readGivenChange = body<Partial<GivenBody>>({ name: newName, permissions, pools });
const apis = { type: 'array', items: { enum: TOKEN_APIS }, minItems: 1, uniqueItems: true };
export type TokenBody = GivenBody & { readonly apis?: readonly TokenApi[] };
export const readToken = body<TokenBody>({ name: newName, permissions, pools, apis }, ['name', 'permissions', 'pools']);
export const readTokenChange = body<Partial<TokenBody>>({ name: newName, permissions, pools, apis });

const yesOrNo = { type: 'boolean' };
const whole = <T>(properties: Record<string, object>) => body<T>(properties, Object.keys(properties));

export const readPasswordPolicy = body<Partial<PasswordPolicy>>({
  lengthMin: number(POLICY_BOUNDS.lengthMin),
  ...{ letter: yesOrNo, digit: yesOrNo, special: yesOrNo, digitOrSpecial: yesOrNo },
  expiryDays: numberOrNone(POLICY_BOUNDS.expiryDays),
  differentPasswords: numberOrNone(POLICY_BOUNDS.differentPasswords),
});
export const readTwoFactorPolicy = body<Partial<TwoFactorPolicy>>({
  ...{ enabled: yesOrNo, forNewUsers: yesOrNo, rememberPcs: yesOrNo, rememberDays: number(REMEMBER_DAYS) },
});
const threeNames = fieldNamesChange(FIELD_NAME_MAX);
export const readAbout = body<AboutChange>({
  ...{ name: newName, company: line(100), address: line(500), reference: line(100) },
  ...{ ewonFields: threeNames, userFields: threeNames },
});
const contact = { name: newName, email, phone: line(40) };
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
