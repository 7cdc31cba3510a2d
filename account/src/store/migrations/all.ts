import type { Migration } from 'kysely/migration';
import * as first from './0001-first.ts';
import * as telemetry from './0002-telemetry.ts';
import * as identity from './0003-identity.ts';
import * as orders from './0004-orders.ts';
import * as alarms from './0005-alarms.ts';
import * as ewonByKey from './0006-ewon-by-key.ts';
import * as location from './0007-location.ts';
import * as rollout from './0008-rollout.ts';
import * as users from './0009-users.ts';
import * as lists from './0010-lists.ts';
import * as keyUses from './0011-key-uses.ts';
import * as imports from './0012-imports.ts';
import * as t2m from './0013-t2m.ts';
import * as audit from './0014-audit.ts';
import * as versionOrder from './0015-version-order.ts';

/** Every migration by name, in order. One that was released is never changed. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-first': first,
  '0002-telemetry': telemetry,
  '0003-identity': identity,
  '0004-orders': orders,
  '0005-alarms': alarms,
  '0006-ewon-by-key': ewonByKey,
  '0007-location': location,
  '0008-rollout': rollout,
  '0009-users': users,
  '0010-lists': lists,
  '0011-key-uses': keyUses,
  '0012-imports': imports,
  '0013-t2m': t2m,
  '0014-audit': audit,
  '0015-version-order': versionOrder,
};
