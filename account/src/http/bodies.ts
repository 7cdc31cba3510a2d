import {
  type CommandDocument,
  commandArguments,
  commandName,
  DAY_MS,
  type DeviceId,
  deniedPatches,
  type GrkId,
  patchPath,
  policyWindow,
  type Reader,
  reader,
  SECOND_MS,
  type Timestamp,
} from '@ewon-agent/contracts';
import type { EwonProperties } from '../core/records.ts';
import { PUBLISHED_NAMED_MAX } from '../service/aspu.ts';
import type { GrkSettings } from '../service/grk-edit.ts';
import type { AutoRegistration } from '../service/grks.ts';
import type { PolicyChange } from '../service/policy.ts';
import type { RolloutBody } from './admin-rollouts.ts';

// What the admin API takes, checked at the door. Unknown members are refused.

type Schema = Record<string, object>;

/** A reader that says what it takes; openapi/ tells that to whoever writes a client. */
export type BodyReader<T> = Reader<T> & { readonly schema: BodySchema };
export type BodySchema = {
  readonly type: 'object';
  readonly properties: Readonly<Schema>;
  readonly required: readonly string[];
  readonly additionalProperties: false;
};

export function body<T>(properties: Schema, required: readonly string[] = []): BodyReader<T> {
  const schema: BodySchema = { type: 'object', properties, required: [...required], additionalProperties: false };
  return Object.assign(reader<T>(schema), { schema });
}

/** Printable, not empty, no blanks around: a name is shown in lists, logs and terminals. */
export const name = {
  type: 'string',
  pattern: '^(?! )[^\\u0000-\\u001f\\u007f-\\u009f\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]{1,100}(?<! )$',
};
export const text = (maxLength: number) => ({ type: 'string', maxLength });
export const three = (item: object) => ({ type: 'array', items: item, minItems: 3, maxItems: 3 });
/** All three, or those that are named by their number. */
export const threeChange = (item: object) => ({
  anyOf: [three(item), { type: 'object', properties: { 1: item, 2: item, 3: item }, additionalProperties: false }],
});
export const deviceId = { type: 'string', pattern: '^d_[a-z2-7]{26}$' };
export const grkId = { type: 'string', pattern: '^[0-9a-f]{8}$' };
export const timestamp = { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,3})?Z$' };

export const readApprove = body<Partial<EwonProperties>>({
  name,
  pool: name,
  description: text(255),
  customFields: three(text(255)),
});
/** `dryRun=1`: nothing is changed, and what would be done is told. */
export const readTrying = body<{ readonly dryRun?: '1' }>({ dryRun: { const: '1' } });
export const readReplace = body<{ readonly deviceId: DeviceId }>({ deviceId }, ['deviceId']);
export const readRejectAll = body<{ readonly grkId?: GrkId; readonly network?: string }>({ grkId, network: text(64) });
export const readAutoRegistration = body<Partial<AutoRegistration>>({ enabled: { type: 'boolean' }, pool: name });
export const readGrkSettings = body<Partial<GrkSettings>>({
  pool: name,
  note: { type: 'string', pattern: '^[\\x20-\\x7e]{0,140}$' },
  expiresAt: { anyOf: [timestamp, { type: 'null' }] },
  usesMax: { anyOf: [{ type: 'integer', minimum: 1, maximum: 1_000_000 }, { type: 'null' }] },
});
export const readRenew = body<{ readonly grkId?: GrkId }>({ grkId });
export const readImport = body<{ readonly key: string; readonly note?: string; readonly expiresAt?: Timestamp }>(
  { key: text(100), note: { type: 'string', pattern: '^[\\x20-\\x7e]{0,140}$' }, expiresAt: timestamp },
  ['key'],
);
export const readPool = body<{ readonly name: string }>({ name }, ['name']);
export const readRegistrationQuery = body<{ readonly state?: 'pending' }>({
  state: { enum: ['pending', 'approved', 'replaced', 'rejected', 'void', 'expired'] },
});
export const readAcknowledge = body<{ readonly deviceId?: DeviceId; readonly code?: string }>({
  deviceId: text(40),
  code: text(64),
});
/** Of one Ewon, or of all. */
export const readAlarmQuery = body<{ readonly ewon?: DeviceId }>({ ewon: deviceId });
export const readTelemetryQuery = body<{ readonly limit?: string }>({
  limit: { type: 'string', pattern: '^[1-9]\\d{0,3}$' },
});
export const readExportQuery = body<{
  readonly form: 'txt' | 'image' | 'files';
  readonly note?: string;
  readonly receipt?: '1';
  readonly wipe?: '1';
}>({ form: { enum: ['txt', 'image', 'files'] }, note: text(200), receipt: { const: '1' }, wipe: { const: '1' } }, [
  'form',
]);
export const readLogQuery = body<{
  readonly form?: 'detailed' | 'raw';
  readonly format?: 'json' | 'csv' | 'text';
  readonly kind?: 'error' | 'user' | 'message';
  readonly limit?: string;
}>({
  form: { enum: ['detailed', 'raw'] },
  format: { enum: ['json', 'csv', 'text'] },
  kind: { enum: ['error', 'user', 'message'] },
  limit: { type: 'string', pattern: '^[1-9]\\d{0,5}$' },
});

export const readMoves = body<{ readonly moves?: boolean }>({ moves: { type: 'boolean' } });
export const readCellQuery = body<{ readonly mcc?: string }>({ mcc: { type: 'string', pattern: '^[1-9]\\d{2}$' } });

const yesOrNo = { type: 'boolean' };
export const readPolicyChange = body<PolicyChange>({
  geolocation: yesOrNo,
  remoteManagement: yesOrNo,
  window: { anyOf: [policyWindow, { type: 'null' }] },
  denied: deniedPatches,
  held: deniedPatches,
  confirm: yesOrNo,
});
/** A command may wait for its Ewon for 30 days: gateways lie switched off over a shutdown of the plant. */
const VALID_SECONDS_MAX = (30 * DAY_MS) / SECOND_MS;
export const readCommandOrder = body<{
  readonly name: string;
  readonly arguments?: CommandDocument['arguments'];
  readonly validSeconds?: number;
}>(
  {
    name: commandName,
    arguments: commandArguments,
    validSeconds: { type: 'integer', minimum: 1, maximum: VALID_SECONDS_MAX },
  },
  ['name'],
);
/** `limit`: of each list of names, 0 to 99,999. */
export const readEffectQuery = body<{ readonly limit?: string }>({ limit: { type: 'string', pattern: '^\\d{1,5}$' } });
export const readCommandQuery = body<{ readonly deviceId?: DeviceId; readonly limit?: string }>({
  deviceId,
  limit: { type: 'string', pattern: '^[1-9]\\d{0,3}$' },
});

const patchNames = { type: 'array', items: patchPath, maxItems: PUBLISHED_NAMED_MAX };
export const readPublished = body<{ readonly added?: readonly string[]; readonly revoked?: readonly string[] }>({
  added: patchNames,
  revoked: patchNames,
});

const percent = { type: 'integer', minimum: 1, maximum: 100 };
export const readRolloutOrder = body<RolloutBody>(
  {
    path: patchPath,
    first: { type: 'array', items: deviceId, maxItems: 100, uniqueItems: true },
    percents: { type: 'array', items: percent, minItems: 1, maxItems: 20 },
    successPercent: percent,
    failuresMax: { type: 'integer', minimum: 0, maximum: 1000 },
  },
  ['path'],
);
