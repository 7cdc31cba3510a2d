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
import {
  customFields,
  knownName,
  line,
  newName,
  note,
  number,
  numberOrNone,
  rows,
  TEXT_MAX,
  text,
  timestamp,
  timestampOrNone,
} from './fields.ts';
import { readTyped, typed } from './typed.ts';

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

/** A reader of what a program sends, and a person typed. Codes: FIELD_UNFIT, BAD_REQUEST. */
export function body<T>(properties: Schema, required: readonly string[] = []): BodyReader<T> {
  const schema: BodySchema = { type: 'object', properties, required: [...required], additionalProperties: false };
  const read = reader<T>(schema);
  const readBody = (given: unknown) => {
    const whole = readTyped(given, properties);
    return whole.ok ? read(whole.value) : whole;
  };
  return Object.assign(readBody, { schema });
}

export const deviceId = { type: 'string', pattern: '^d_[a-z2-7]{26}$' };
export const grkId = { type: 'string', pattern: '^[0-9a-f]{8}$' };

export const readApprove = body<Partial<EwonProperties>>({
  ...{ name: newName, pool: knownName, description: line(TEXT_MAX), customFields },
});
/** `dryRun=1`: nothing is changed, and what would be done is told. */
export const readTrying = body<{ readonly dryRun?: '1' }>({ dryRun: { const: '1' } });
export const readReplace = body<{ readonly deviceId: DeviceId }>({ deviceId }, ['deviceId']);
export const readRejectAll = body<{ readonly grkId?: GrkId; readonly network?: string }>({ grkId, network: text(64) });
export const readAutoRegistration = body<Partial<AutoRegistration>>({ enabled: { type: 'boolean' }, pool: knownName });
export const readGrkSettings = body<Partial<GrkSettings>>({
  pool: knownName,
  note,
  expiresAt: timestampOrNone,
  usesMax: numberOrNone({ min: 1, max: 1_000_000 }),
});
export const readRenew = body<{ readonly grkId?: GrkId }>({ grkId });
export const readImport = body<{ readonly key: string; readonly note?: string; readonly expiresAt?: Timestamp }>(
  { key: text(100), note, expiresAt: timestamp },
  ['key'],
);
export const readPool = body<{ readonly name: string }>({ name: newName }, ['name']);
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
  limit: rows(9999),
});
export const readExportQuery = body<{
  readonly form: 'txt' | 'image' | 'files';
  readonly note?: string;
  readonly receipt?: '1';
  readonly wipe?: '1';
}>({ form: { enum: ['txt', 'image', 'files'] }, note: line(200), receipt: { const: '1' }, wipe: { const: '1' } }, [
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
  limit: rows(999_999),
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
    validSeconds: number({ min: 1, max: VALID_SECONDS_MAX }),
  },
  ['name'],
);
/** `limit`: of each list of names, 0 to 99,999. */
export const readEffectQuery = body<{ readonly limit?: string }>({ limit: { type: 'string', pattern: '^\\d{1,5}$' } });
export const readCommandQuery = body<{ readonly deviceId?: DeviceId; readonly limit?: string }>({
  deviceId,
  limit: rows(9999),
});

const patchNames = { type: 'array', items: patchPath, maxItems: PUBLISHED_NAMED_MAX };
export const readPublished = body<{ readonly added?: readonly string[]; readonly revoked?: readonly string[] }>({
  added: patchNames,
  revoked: patchNames,
});

const percent = number({ min: 1, max: 100 });
export const readRolloutOrder = body<RolloutBody>(
  {
    path: patchPath,
    first: { type: 'array', items: deviceId, maxItems: 100, uniqueItems: true },
    percents: typed(
      { type: 'array', items: percent, minItems: 1, maxItems: 20 },
      '1 to 20 whole numbers from 1 to 100',
    ),
    successPercent: percent,
    failuresMax: number({ min: 0, max: 1000 }),
  },
  ['path'],
);
