import type { EwonView } from '../http/views.ts';
import type { AdminClient } from './admin-client.ts';
import { say } from './answer.ts';
import type { ExitStatus, Form, Io } from './io.ts';
import { findEwon } from './registrations.ts';

/** `account renew <ewon>` */
export async function renewOne(io: Io, form: Form, admin: AdminClient, which: string): Promise<ExitStatus> {
  const done = await orderOn(admin, which, 'renew');
  return say(io, form, done, ({ name }) => `allowed: "${name}" gets a new certificate when it asks next`);
}

/** `account release <ewon>` */
export async function releaseOne(io: Io, form: Form, admin: AdminClient, which: string): Promise<ExitStatus> {
  const done = await orderOn(admin, which, 'release');
  return say(io, form, done, ({ name }) => `released "${name}": it goes online by itself`);
}

/** What a list of Ewons says of one, in a word. */
export function standingWord({ link, quarantinedAt, renewalAskedAt }: EwonView): string {
  if (link !== 'linked') return link;
  if (quarantinedAt !== null) return 'quarantined';
  return renewalAskedAt === null ? link : 'renewal waits';
}

async function orderOn(admin: AdminClient, which: string, order: 'renew' | 'release') {
  const ewon = await findEwon(admin, which);
  return ewon.ok ? admin.ask<EwonView>('POST', `ewons/${ewon.value.deviceId}/${order}`) : ewon;
}
