import type {
  CommandId,
  DeviceId,
  Fingerprint,
  GrkId,
  Problem,
  Serial,
  Severity,
  Timestamp,
} from '@ewon-agent/contracts';
import type { PasswordPolicy } from '../../core/password-policy.ts';
import { PERMISSIONS } from '../../core/permissions.ts';
import * as form from '../bodies.ts';
import type { SignInRules } from '../session.ts';
import { as, count, either, list, named, object, oneOf, optional, orNull, type Shape, text, yesOrNo } from './shape.ts';

// Schemas that several areas share.

export const time: Shape<Timestamp> = as({ type: 'string', format: 'date-time' });
export const deviceId: Shape<DeviceId> = as(form.deviceId);
export const grkId: Shape<GrkId> = as(form.grkId);
/** Empty where no registration key was used. */
export const grkIdOrNone: Shape<GrkId> = as({ type: 'string', pattern: '^([0-9a-f]{8})?$' });
export const commandId: Shape<CommandId> = as({ type: 'string', pattern: '^c_[a-z2-7]{26}$' });
export const serial: Shape<Serial> = text();
export const fingerprint: Shape<Fingerprint> = text({ examples: ['4f2a-90c1-77be-03d5'] });
export const severity: Shape<Severity> = oneOf(['info', 'warn', 'error']);
export const permission = named('Permission', oneOf(PERMISSIONS));
export const pools = either<['all', readonly string[]]>(oneOf(['all']), list(text()));
/** What a route that removes or ends something answers. */
export const counted = <K extends string>(member: K): Shape<Readonly<Record<K, number>>> =>
  as({ type: 'object', properties: { [member]: { type: 'integer', minimum: 0 } }, required: [member] });

export const passwordPolicy = named(
  'PasswordPolicy',
  object<PasswordPolicy>({
    ...{ lengthMin: count, letter: yesOrNo, digit: yesOrNo, special: yesOrNo, digitOrSpecial: yesOrNo },
    ...{ expiryDays: orNull(count), differentPasswords: orNull(count) },
  }),
);
const rules = object<SignInRules>({ passwordPolicy: optional(passwordPolicy), rememberPcs: optional(yesOrNo) });

/** A problem document, as every refusal is one; `rules` where a sign-in asks for more. */
export const problem = named(
  'Problem',
  object<Problem & { readonly next: string; readonly rules?: SignInRules }>({
    ...{ type: text({ format: 'uri' }), title: text(), status: count, code: text({ pattern: '^[A-Z][A-Z0-9_]*$' }) },
    ...{ next: text({ description: 'What to do next.' }), detail: optional(text()), rules: optional(rules) },
  }),
);

export const byDevice = { path: { id: form.deviceId } };
