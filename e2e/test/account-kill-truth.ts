import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { TokensView } from '@ewon-agent/account/http/admin-tokens';
import type { UserView } from '@ewon-agent/account/http/user-views';
import type { PolicyView } from '@ewon-agent/account/http/views';
import { assert } from '@ewon-agent/contracts/testing';
import type { AccountProcess } from '../src/account-process.ts';
import type { Book } from './account-kill-book.ts';

// What must hold in the database of an account at any moment, and what the account has said yes to.

/** Asks the database one question, past the server. */
export type AskDatabase = (sql: string) => Promise<readonly Record<string, unknown>[]>;

/** Asks the database of an account that keeps its own. */
export function askSqlite(stateDir: string): AskDatabase {
  return async (sql) => {
    const database = new DatabaseSync(join(stateDir, 'account.sqlite'), { timeout: 10_000 });
    try {
      return database.prepare(sql).all();
    } finally {
      database.close();
    }
  };
}

/** What has no rows: each would be an operation that was done by half. */
const HALVES: Readonly<Record<string, string>> = {
  'approved, and no Ewon came of it': `select registration_id from registration r where state in ('approved', 'replaced')
    and not exists (select 1 from ewon e where e.device_id = r.device_id and e.registration_id = r.registration_id)`,
  'an Ewon that nobody approved': `select device_id from ewon e where not exists (select 1 from registration r
    where r.registration_id = e.registration_id and r.state in ('approved', 'replaced') and r.device_id = e.device_id)`,
  'linked without a certificate': `select device_id from ewon e where link = 'linked' and not exists (select 1 from certificate c
    where c.device_id = e.device_id and c.serial = e.certificate_serial and c.revoked_at is null)`,
  'not linked, with a certificate that is good': `select device_id from ewon e where link <> 'linked' and exists
    (select 1 from certificate c where c.device_id = e.device_id and c.revoked_at is null)`,
  'two Ewons of one name': `select name from ewon where link in ('linked', 'unlinked') group by name having count(*) > 1`,
  'waits with a key that is revoked': `select registration_id from registration r join grk g on g.grk_id = r.grk_id
    where r.state = 'pending' and g.state <> 'active'`,
  'not one key that is good': `select n from (select count(*) as n from grk where state = 'active') as counted where n <> 1`,
  'new Ewons go to a pool that is none': `select auto_registration_pool from account a where not exists
    (select 1 from pool p where p.name = a.auto_registration_pool)`,
  'took a place, and nobody knows whose': `select registration_id from registration g where state = 'replaced'
    and not exists (select 1 from replacement p where p.device_id = g.device_id)`,
  'replaced, and nobody is in its place': `select device_id from ewon e where link = 'replaced'
    and not exists (select 1 from replacement p where p.replaced_id = e.device_id and p.undone_at is null)`,
  'listed, and somebody is in its place': `select device_id from ewon e where link in ('linked', 'unlinked')
    and exists (select 1 from replacement p where p.replaced_id = e.device_id and p.undone_at is null)`,
  'in a pool that is none': `select device_id from ewon e where link in ('linked', 'unlinked')
    and not exists (select 1 from pool p where p.name = e.pool)`,
  'not in as many groups as was asked for': `select login from account_user u where full_name like 'in %'
    and full_name <> 'in ' || (select count(*) from group_member m where m.user_id = u.user_id)`,
  'in a group, and no user': `select user_id from group_member m where not exists
    (select 1 from account_user u where u.user_id = m.user_id)`,
  'in a group that is none': `select group_id from group_member m where group_id <> 'administrators' and not exists
    (select 1 from user_group g where g.group_id = m.group_id)`,
  'a password that is not among the old ones next time': `select login from account_user u where not exists
    (select 1 from old_password o where o.user_id = u.user_id and o.password_hash = u.password_hash)`,
  // one line about each side, and again when it is undone
  'replaced, and not as many lines in the log': `select a, b from (select (select count(*) * 2 + count(undone_at) * 2 from replacement) as a,
    (select count(*) from log where code = 'REPLACED') as b) as counted where a <> b`,
  ...Object.fromEntries(
    [
      ['approved', 'REGISTERED', 1],
      ['rejected', 'REJECTED', 1],
      ['void', 'VOID', 1],
    ].map(([state, code, lines]) => [
      `${state}, and not as many lines in the log`,
      `select a, b from (select (select count(*) * ${lines} from registration where state = '${state}') as a,
        (select count(*) from log where code = '${code}' and origin is null) as b) as counted where a <> b`,
    ]),
  ),
};

/** @throws when the database has anything by half */
export async function assertWhole(ask: AskDatabase): Promise<void> {
  for (const [what, sql] of Object.entries(HALVES))
    assert.deepEqual(
      [...(await ask(sql))].map((row) => ({ ...row })),
      [],
      what,
    );
}

/** @throws when something is missing that the account has said yes to */
export async function assertKept(ask: AskDatabase, book: Book): Promise<void> {
  const all = async (sql: string) => (await ask(sql)).map((row) => ({ ...row }));
  const registrations = await all('select registration_id, request_id, state, device_id from registration');
  const byId = new Map(registrations.map((row) => [row['registration_id'], row]));
  const requests = new Set(registrations.map((row) => row['request_id']));
  const ewons = new Map((await all('select device_id, link from ewon')).map((row) => [row['device_id'], row['link']]));
  const keys = new Map((await all('select grk_id, state from grk')).map((row) => [row['grk_id'], row['state']]));
  const certificates = new Map(
    (await all('select serial, device_id from certificate')).map((row) => [row['serial'], row['device_id']]),
  );
  const replacements = new Map(
    (await all('select device_id, replaced_id, undone_at from replacement')).map((row) => [row['device_id'], row]),
  );
  const WORD = { approve: 'approved', replace: 'replaced', reject: 'rejected' } as const;
  for (const yes of book.yes) {
    const said = JSON.stringify(yes);
    if (yes.to === 'request') assert.ok(requests.has(yes.requestId), said);
    else if (yes.to === 'renewKey') {
      assert.ok(keys.has(yes.made), said);
      for (const key of yes.revoked) assert.equal(keys.get(key), 'revoked', said);
    } else if (yes.to === 'renewCertificate') {
      const serial = new X509Certificate(yes.certificate).serialNumber.toLowerCase().replace(/^0+/, '');
      const found = [...certificates].find(([known]) => String(known).replace(/^0+/, '') === serial);
      assert.equal(found?.[1], yes.deviceId, said);
    } else if (yes.to === 'undo') {
      assert.equal(replacements.get(yes.deviceId)?.['replaced_id'], yes.old, said);
      assert.ok(replacements.get(yes.deviceId)?.['undone_at'], said);
    } else {
      const registration = byId.get(yes.id);
      assert.equal(registration?.['state'], WORD[yes.to], said);
      if (yes.to === 'reject') continue;
      const deviceId = String(registration?.['device_id']);
      if (yes.deviceId !== undefined) assert.equal(deviceId, yes.deviceId, said);
      assert.ok(['linked', 'replaced'].includes(String(ewons.get(deviceId))), said);
      if (yes.old !== undefined) assert.equal(replacements.get(deviceId)?.['replaced_id'], yes.old, said);
    }
  }
}

/** The same of what there is once, as the server says that has started again. */
export async function assertSet({ api }: AccountProcess, book: Book, patch: string): Promise<void> {
  const pools = await api.get<readonly string[]>('/api/v1/pools');
  const policy = await api.get<PolicyView>('/api/v1/policy');
  const users = new Map((await api.get<readonly UserView[]>('/api/v1/users')).map((user) => [user.login, user]));
  const { groups } = await api.get<{ readonly groups: readonly { readonly name: string }[] }>('/api/v1/groups');
  const { tokens } = await api.get<TokensView>('/api/v1/tokens');
  for (const [name, { wish, yes }] of book.settings) {
    if (!yes) continue; // asked and not answered: either is good
    if (name.startsWith('pool ')) assert.equal(pools.includes(name.slice(5)), wish === 'there', `${name} ${wish}`);
    if (name.startsWith('group '))
      assert.equal(
        groups.some((group) => group.name === name.slice(6)),
        wish === 'there',
        `${name} ${wish}`,
      );
    if (name.startsWith('user ')) {
      const user = users.get(name.slice(5));
      assert.equal(
        user ? `${user.fullName}, in ${user.groupIds.length}` : 'gone',
        wish === 'gone' ? wish : `${wish}, ${wish}`,
        name,
      );
    }
    if (name.startsWith('token ')) {
      const token = tokens.find((one) => one.name === name.slice(6));
      assert.equal(token ? `may ${token.permissions.length}` : 'gone', wish, name);
    }
    if (name === 'geolocation') assert.equal(String(policy.geolocation), wish, name);
    if (name === 'new Ewons go to')
      assert.equal((await api.get<{ readonly pool: string }>('/api/v1/auto-registration')).pool, wish, name);
    if (name === 'rollout') {
      const { state } = await api.get<{ readonly state: string }>(`/api/v1/rollouts/${patch}`);
      assert.equal(state === 'stopped', wish === 'stop', `rollout ${state} after ${wish}`);
      assert.equal(policy.denied.includes(patch), wish === 'stop', `policy after ${wish}`);
    }
  }
}
