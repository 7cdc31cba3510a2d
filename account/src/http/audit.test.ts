import { assert, suite } from '@ewon-agent/contracts/testing';
import type { AccountFixture } from '../testing/account-fixture.ts';
import { onAccount } from '../testing/stories.ts';

// What an auditor finds in the log: what somebody's rights were, and what they became.

const eventsOf = async ({ admin }: AccountFixture): Promise<readonly string[]> =>
  (await admin('GET', 'log?limit=100')).json.map((line: { event: string }) => line.event);
const GROUP = { name: 'Technicians', permissions: ['ewons.read', 'log.read'], pools: 'all' };

suite('audit: the log says what was changed', (test) => {
  test(
    'of users, groups and tokens, with before and after, and never what proves who one is',
    onAccount(async (fixture) => {
      const { admin } = fixture;
      const boss = { login: 'boss', password: 'secret 11', groupIds: ['administrators'] };
      assert.equal((await admin('POST', 'users', boss)).status, 200, 'so that Ann is not the last of them');
      const before = (await eventsOf(fixture)).length;
      await admin('POST', 'pools', { name: 'North' });
      const group = (await admin('POST', 'groups', GROUP)).json;
      const ann = { login: 'ann', password: 'secret 12', fullName: 'Ann', groupIds: [group.id] };
      const { id } = (await admin('POST', 'users', ann)).json;
      await admin('PATCH', `users/${id}`, { email: 'a@b.c', groupIds: ['administrators'] });
      await admin('PATCH', `users/${id}`, { email: 'a@b.c', groupIds: ['administrators'] });
      await admin('POST', `users/${id}/password`, { password: 'other 123' });
      await admin('PATCH', `groups/${group.id}`, { ...GROUP, permissions: ['log.read', 'ewons.read'] });
      await admin('PATCH', `groups/${group.id}`, { ...GROUP, name: 'Fitters', pools: ['North'] });
      await admin('PATCH', `users/${id}`, { groupIds: [group.id] });
      await admin('DELETE', `groups/${group.id}`);
      await admin('DELETE', `users/${id}`);
      const { token, id: tokenId } = (await admin('POST', 'tokens', { ...GROUP, name: 'Script' })).json;
      await admin('PATCH', `tokens/${tokenId}`, { ...GROUP, name: 'Script', pools: ['North'], apis: ['M2Web'] });
      await admin('DELETE', `tokens/${tokenId}`);
      const events = (await eventsOf(fixture)).slice(before + 1);
      assert.deepEqual(events, [
        'Group [Technicians] was added: permissions "ewons.read", "log.read"; pools all.',
        'User [ann] was added: groups "Technicians"; full name "Ann"; two-factor "off"; password set.',
        'User [ann] was changed: groups "Technicians" → "Administrators"; e-mail "" → "a@b.c".',
        'The password of user [ann] was changed.',
        'Group [Technicians] was changed: name "Technicians" → "Fitters"; pools all → "North".',
        'User [ann] was changed: groups "Administrators" → "Fitters".',
        'Group [Fitters] was removed: permissions "ewons.read", "log.read"; pools "North"; users "ann".',
        'User [ann] was removed: full name "Ann"; e-mail "a@b.c".',
        'API token [Script] was added: permissions "ewons.read", "log.read"; pools all; for APIs "admin".',
        'API token [Script] was changed: pools all → "North"; for APIs "admin" → "M2Web".',
        'API token [Script] was deleted: permissions "ewons.read", "log.read"; pools "North"; for APIs "M2Web".',
      ]);
      for (const secret of ['secret 12', 'other 123', String(token).slice(0, 8)])
        assert.ok(!events.join().includes(secret), 'nobody reads it in the log');
    }),
  );

  test(
    'of policies, of what is told of the account, and of contacts',
    onAccount(async (fixture) => {
      const { admin } = fixture;
      const before = (await eventsOf(fixture)).length;
      const policy = (await admin('GET', 'password-policy')).json;
      for (const _ of ['once', 'again']) await admin('PATCH', 'password-policy', { ...policy, lengthMin: 12 });
      const twoFactor = (await admin('GET', 'two-factor-policy')).json;
      await admin('PATCH', 'two-factor-policy', { ...twoFactor, forNewUsers: true });
      const about = (await admin('GET', 'about')).json;
      await admin('PATCH', 'about', { ...about, company: 'ACME', userFields: ['Badge', '', ''] });
      await admin('PATCH', 'about', { ...about, company: 'ACME', userFields: ['Badge', '', ''] });
      const contact = { name: 'Bob', email: 'b@c.d', phone: '' };
      const { id } = (await admin('POST', 'contacts', contact)).json;
      await admin('PATCH', `contacts/${id}`, { ...contact, phone: '1' });
      await admin('DELETE', `contacts/${id}`);
      assert.deepEqual((await eventsOf(fixture)).slice(before), [
        'The password policy was changed: shortest length 8 → 12.',
        'The two-factor policy was changed: new users must set it up off → on.',
        'The account information was changed: company "" → "ACME"; custom field of users 1 "" → "Badge".',
        'Contact [Bob] was set: name "Bob"; e-mail "b@c.d".',
        'Contact [Bob] was set: telephone "" → "1".',
        'Contact [Bob] was removed: name "Bob"; e-mail "b@c.d"; telephone "1".',
      ]);
    }),
  );

  test(
    'of what Ewons may, and of who may come in',
    onAccount(async (fixture) => {
      const { admin } = fixture;
      await admin('POST', 'pools', { name: 'North' });
      await admin('GET', 'policy'); // the first one is made when somebody asks for it
      const before = (await eventsOf(fixture)).length;
      for (const _ of ['once', 'again']) await admin('PATCH', 'policy', { remoteManagement: false });
      const window = { days: ['sat', 'sun'], from: '02:00', to: '04:00', zone: 'UTC' };
      await admin('PATCH', 'policy', { window, held: ['a-1.0.0'] });
      await admin('PATCH', 'policy', { window: null, denied: ['b-1.0.0'] });
      for (const _ of ['once', 'again']) await admin('PATCH', 'auto-registration', { pool: 'North' });
      await admin('PATCH', 'auto-registration', { enabled: false, pool: 'Default' });
      const told = (await eventsOf(fixture)).slice(before).map((event) => event.replace(/^Policy \d+/, 'Policy N'));
      assert.deepEqual(told, [
        'Policy N was set: remote management on → off.',
        'Policy N was set: window none → "sat,sun 02:00-04:00 UTC"; patches held none → "a-1.0.0".',
        'Policy N was set: window "sat,sun 02:00-04:00 UTC" → none.',
        'The patch b-1.0.0 is denied: no Ewon begins to install it.',
        'The registration of new Ewons was changed: pool "Default" → "North".',
        'The registration of new Ewons was changed: auto-registration on → off; pool "North" → "Default".',
      ]);
    }),
  );
});
