import type { PolicyEffect } from '@ewon-agent/account/core/policy-effect';
import type { CommandView, PolicyView } from '@ewon-agent/account/http/views';
import { signer } from '@ewon-agent/agent/testing/account-signer';
import {
  type CommandDocument,
  type CommandId,
  commandIdFrom,
  commandTopicFor,
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  policyTopicFor,
  SECOND_MS,
  type SignedByAccount,
  signJws,
  timestampOf,
} from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { createVirtualHouse, type VirtualHouse } from '../src/virtual/house.ts';

// What the account orders, told with the real account and the real agent in virtual time.

/** Tells a story in a house whose Ewon is linked and online. */
function online(story: (house: VirtualHouse) => Promise<void>) {
  return async () => {
    const house = await createVirtualHouse();
    try {
      await house.boot();
      await house.board.slots.sd0.insert(await house.card());
      await until(house, 'pending', () => house.agent().status().registration.state === 'pending');
      await house.admin.approve((await house.admin.pending())[0]?.id ?? '');
      await isOnline(house);
      await story(house);
    } finally {
      await house.close();
    }
  };
}

const until = (house: VirtualHouse, what: string, is: () => boolean, withinMs = 30 * SECOND_MS) =>
  house.board.clock.advanceUntil(is, { what, withinMs });
const isOnline = (house: VirtualHouse) =>
  until(house, 'online', () => house.agent().status().uplink.state === 'online', 5 * MINUTE_MS);
const codes = (house: VirtualHouse) => house.events().map(({ code }) => code);
const setPolicy = (house: VirtualHouse, change: object) =>
  house.admin.call<PolicyView>('PATCH', '/api/v1/policy', change);

async function addressOf(house: VirtualHouse) {
  const [ewon] = await house.admin.ewons();
  if (!ewon) throw new Error('this is a bug of the test: no Ewon');
  return { accountId: house.account().accountId, deviceId: ewon.deviceId };
}

async function send(house: VirtualHouse, name: string, more: object = {}): Promise<CommandId> {
  const { deviceId } = await addressOf(house);
  const order = { name, ...more };
  return (await house.admin.call<CommandView>('POST', `/api/v1/ewons/${deviceId}/commands`, order)).id;
}

const show = (house: VirtualHouse, id: CommandId) => house.admin.call<CommandView>('GET', `/api/v1/commands/${id}`);

/** Waits until a command is at its end. */
async function ended(house: VirtualHouse, id: CommandId, withinMs = 10 * MINUTE_MS): Promise<CommandView> {
  for (let waitedMs = 0; waitedMs < withinMs; waitedMs += SECOND_MS) {
    const shown = await show(house, id);
    if (shown.state === 'successful' || shown.state === 'failed') return shown;
    await house.board.clock.advance(SECOND_MS);
  }
  throw new Error(`still ${JSON.stringify(await show(house, id))}`);
}

suite('policy of the account', { timeoutMs: 180_000 }, (test) => {
  test(
    'it comes with the approval, a change reaches the Ewon at once, and an Ewon that was away when it comes back',
    online(async (house) => {
      const first = house.agent().policy();
      assert.deepEqual([first.decisions.geolocation.on, first.decisions.remoteManagement.by], [true, 'account']);
      const window = { days: ['sat', 'sun'], from: '02:00', to: '04:00', zone: 'UTC' };
      const set = await setPolicy(house, { geolocation: false, window });
      await house.board.clock.settle();
      const now = house.agent().policy();
      assert.equal(now.version, set.version);
      assert.deepEqual(now.decisions.geolocation, {
        on: false,
        by: 'account',
        why: `policy ${set.version} of the account`,
      });
      assert.deepEqual(now.window, { ...window, openNow: false });

      house.board.power.cut();
      await setPolicy(house, { geolocation: true });
      await house.accountDown();
      await house.reboot();
      assert.equal(house.agent().policy().decisions.geolocation.on, false, 'what was saved counts until then');
      await house.accountUp();
      await until(house, 'the new one', () => house.agent().policy().decisions.geolocation.on, 10 * MINUTE_MS);
    }),
  );
});

suite('what comes of the policy', { timeoutMs: 180_000 }, (test) => {
  const effect = (house: VirtualHouse) => house.admin.call<PolicyEffect>('GET', '/api/v1/policy/effect');

  test(
    'the account says of how many Ewons a change was applied, as it happens; one that is away has not yet',
    online(async (house) => {
      await house.board.clock.settle();
      const before = await effect(house);
      assert.deepEqual([before.applied, before.ewons, before.geolocation.on], [1, 1, 1]);

      await setPolicy(house, { geolocation: false });
      await house.board.clock.settle(); // no time passes
      const off = await effect(house);
      assert.deepEqual([off.applied, off.geolocation.on, off.geolocation.off.map(({ by }) => by)], [1, 0, ['account']]);
      assert.equal(off.remoteManagement.on, 1);

      house.board.power.cut();
      const { version } = await setPolicy(house, { geolocation: true });
      const away = await effect(house);
      assert.deepEqual([away.version, away.applied, away.ewons], [version, 0, 1]);
      assert.equal(away.waiting[0]?.version, off.version);
      await house.reboot();
      await isOnline(house);
      await house.board.clock.settle();
      assert.deepEqual((await effect(house)).waiting, []);
    }),
  );

  test(
    'an Ewon whose owner has switched geolocation off is off by itself, whatever the account allows',
    online(async (house) => {
      house.switchAtBoard({ geolocation: false, remoteManagement: true });
      for (const geolocation of [false, true]) await setPolicy(house, { geolocation });
      await house.board.clock.settle();
      const { applied, geolocation, remoteManagement } = await effect(house);
      assert.deepEqual([applied, geolocation.on, remoteManagement.on], [1, 0, 1]);
      assert.deepEqual(
        geolocation.off.map(({ by }) => by),
        ['board'],
      );
    }),
  );
});

suite('commands of the account', { timeoutMs: 180_000 }, (test) => {
  test(
    'status, diag and rescan answer; the broker keeps nothing of them afterwards',
    online(async (house) => {
      const status = await ended(house, await send(house, 'status'));
      assert.equal(status.state, 'successful', JSON.stringify(status));
      const told = status.result?.['status'] as { registration: { state: string } };
      assert.equal(told.registration.state, 'registered');
      for (const name of ['diag', 'rescan'])
        assert.equal((await ended(house, await send(house, name))).state, 'successful');
      await house.board.clock.settle();
      const kept = [...house.broker.retained.keys()].filter((topic) => topic.includes('/cmd/'));
      assert.deepEqual(kept, []);
    }),
  );

  test(
    'identify blinks for as long as was asked, and then shows what it showed',
    online(async (house) => {
      const before = house.board.led.shown.pattern;
      const id = await send(house, 'identify', { arguments: { seconds: 20 } });
      await until(house, 'identify', () => house.board.led.shown.pattern === 'identify');
      const { sinceMs } = house.board.led.shown;
      assert.equal((await ended(house, id)).state, 'successful');
      assert.equal(house.board.led.shown.pattern, before);
      assert.equal(house.board.led.shown.sinceMs - sinceMs, 20 * SECOND_MS);
    }),
  );

  test(
    'reboot: the board starts anew, and then it was successful',
    online(async (house) => {
      const id = await send(house, 'reboot');
      await until(house, 'the order', () => house.board.restart.rebootsOrdered === 1);
      assert.equal((await show(house, id)).state, 'executing');
      await house.reboot();
      await isOnline(house);
      assert.equal((await ended(house, id)).state, 'successful');
      assert.equal(house.board.restart.rebootsOrdered, 1);
    }),
  );

  test(
    'forget: the Ewon is unlinked on both sides, and the command was successful',
    online(async (house) => {
      const id = await send(house, 'forget');
      assert.equal((await ended(house, id)).state, 'successful');
      await until(house, 'unregistered', () => house.agent().status().registration.state === 'unregistered');
      assert.equal((await house.admin.ewons())[0]?.link, 'unlinked');
      assert.deepEqual([...house.broker.retained.keys()], []);
    }),
  );
});

/** What somebody who owns the broker, and not the account, can put before the Ewon. */
suite('a hostile broker', { timeoutMs: 180_000 }, (test) => {
  const stranger = signer(9);
  let made = 0;
  const newId = () => commandIdFrom(new Uint8Array(17).fill(++made));
  const signedByStranger = (typ: 'ewon-cmd' | 'ewon-policy', payload: object, keys?: SignedByAccount['keys']) =>
    JSON.stringify({
      v: 1,
      signed: signJws({ typ }, JSON.stringify(payload), stranger.secretKey),
      ...(keys && { keys }),
    });
  const commandOf = async (house: VirtualHouse, change: Partial<CommandDocument> = {}): Promise<CommandDocument> => {
    const nowMs = house.board.clock.now();
    return {
      ...{ v: 1, id: newId(), ...(await addressOf(house)), name: 'forget', arguments: {} },
      ...{ issuedAt: timestampOf(nowMs), expiresAt: timestampOf(nowMs + HOUR_MS), ...change },
    };
  };
  const forge = async (house: VirtualHouse, id: CommandId, payload: string) => {
    house.broker.forge(commandTopicFor(await addressOf(house), id), payload);
    await house.board.clock.settle();
  };
  const isUnmoved = async (house: VirtualHouse) => {
    assert.equal(house.agent().status().registration.state, 'registered');
    assert.deepEqual(await house.admin.call('GET', '/api/v1/commands'), []);
  };

  test(
    'commands that are not signed, tampered with, or signed by a key that nobody announced: refused with a code, and told to the account',
    online(async (house) => {
      const command = await commandOf(house);
      await forge(house, command.id, signedByStranger('ewon-cmd', command));
      await forge(house, command.id, JSON.stringify(command));
      const announcement = { v: 1, accountId: command.accountId, number: 2, key: stranger.jwk };
      const announced = { ...announcement, issuedAt: command.issuedAt };
      const self = signJws({ typ: 'ewon-key' }, JSON.stringify(announced), stranger.secretKey);
      await house.board.clock.advance(HOUR_MS);
      await forge(house, command.id, signedByStranger('ewon-cmd', command, [self]));
      const told = codes(house).filter((code) => code.startsWith('COMMAND_'));
      assert.deepEqual(told, ['COMMAND_UNSIGNED', 'COMMAND_UNREADABLE', 'COMMAND_UNSIGNED']);
      await house.board.clock.advance(MINUTE_MS);
      assert.match(JSON.stringify(await house.admin.log()), /COMMAND_UNSIGNED/);
      await isUnmoved(house);
    }),
  );

  test(
    'a real command of before, kept back: not done twice, and not done after its time',
    online(async (house) => {
      const address = await addressOf(house);
      const id = await send(house, 'reboot');
      await until(house, 'the order', () => house.board.restart.rebootsOrdered === 1);
      const kept = house.broker.retained.get(commandTopicFor(address, id)) ?? '';
      await house.reboot();
      await isOnline(house);
      assert.equal((await ended(house, id)).state, 'successful');
      for (let i = 0; i < 3; i++) await forge(house, id, kept);
      await forge(house, newId(), kept);
      assert.ok(codes(house).includes('COMMAND_FOREIGN'), 'under the name of another');
      await house.board.clock.advance(MINUTE_MS);
      assert.equal(house.board.restart.rebootsOrdered, 1);
    }),
  );

  test(
    'an older policy, one of a stranger, none at all: what counted counts on',
    online(async (house) => {
      const topic = policyTopicFor(await addressOf(house));
      const old = house.broker.retained.get(topic) ?? '';
      await setPolicy(house, { remoteManagement: false });
      await house.board.clock.settle();
      const stands = house.agent().policy();
      const document = { v: 1, accountId: house.account().accountId, version: 2 ** 40, issuedAt: timestampOf(0) };
      const settings = { geolocation: true, remoteManagement: true, denied: [] };
      for (const payload of [old, signedByStranger('ewon-policy', { ...document, ...settings }), '', '{']) {
        house.broker.forge(topic, payload);
        await house.board.clock.settle();
        assert.deepEqual(house.agent().policy(), stands);
      }
      const told = codes(house).filter((code) => code.startsWith('POLICY_') && code !== 'POLICY_TAKEN');
      assert.deepEqual(told, ['POLICY_OLD', 'POLICY_UNSIGNED', 'POLICY_UNREADABLE']);
    }),
  );

  test(
    'it says that the account has the end of a command: the account hears of it all the same',
    online(async (house) => {
      const id = await send(house, 'identify');
      await until(house, 'identify', () => house.board.led.shown.pattern === 'identify');
      await forge(house, id, '');
      assert.equal((await ended(house, id)).state, 'successful');
    }),
  );
});

suite('commands that are not done', { timeoutMs: 180_000 }, (test) => {
  const failed = async (house: VirtualHouse, id: CommandId) => {
    const { state, reason, saidBy } = await ended(house, id, DAY_MS);
    return [state, reason, saidBy];
  };

  test(
    'unknown, or with arguments it does not take: told by the Ewon with a code',
    online(async (house) => {
      assert.deepEqual(await failed(house, await send(house, 'explode')), ['failed', 'COMMAND_UNKNOWN', 'device']);
      const loud = await send(house, 'identify', { arguments: { loud: true } });
      assert.deepEqual(await failed(house, loud), ['failed', 'COMMAND_ARGUMENTS_BAD', 'device']);
    }),
  );

  test(
    'the Ewon is away until after its time: the account ends it, and the Ewon does not do it when it is back',
    online(async (house) => {
      house.board.power.cut();
      const id = await send(house, 'reboot', { validSeconds: 600 });
      await house.board.clock.advance(11 * MINUTE_MS);
      assert.deepEqual(await failed(house, id), ['failed', 'COMMAND_EXPIRED', 'account']);
      await house.reboot();
      await isOnline(house);
      await house.board.clock.advance(MINUTE_MS);
      assert.equal(house.board.restart.rebootsOrdered, 0);
    }),
  );

  test(
    'away until shortly before its time: done when it is back',
    online(async (house) => {
      house.board.power.cut();
      const id = await send(house, 'status', { validSeconds: 6 * 3600 });
      await house.board.clock.advance(5 * HOUR_MS);
      await house.reboot();
      assert.equal((await ended(house, id)).state, 'successful');
    }),
  );

  test(
    'with remote management off, by the account or at the board: refused, except what changes nothing',
    online(async (house) => {
      await setPolicy(house, { remoteManagement: false });
      const refused = ['failed', 'REMOTE_MANAGEMENT_OFF', 'device'];
      assert.deepEqual(await failed(house, await send(house, 'reboot')), refused);
      await setPolicy(house, { remoteManagement: true });
      house.switchAtBoard({ geolocation: true, remoteManagement: false });
      assert.deepEqual(await failed(house, await send(house, 'forget')), refused);
      assert.equal((await ended(house, await send(house, 'status'))).state, 'successful');
      assert.equal(house.agent().policy().decisions.remoteManagement.by, 'board');
    }),
  );

  test(
    'the Ewon is removed: what was open has failed, and nothing of it stays at the broker',
    online(async (house) => {
      house.board.power.cut();
      const id = await send(house, 'reboot');
      await house.admin.call('DELETE', `/api/v1/ewons/${(await addressOf(house)).deviceId}`);
      assert.deepEqual(await failed(house, id), ['failed', 'UNLINKED', 'account']);
      await house.board.clock.settle();
      assert.deepEqual([...house.broker.retained.keys()], []);
    }),
  );
});

suite('commands and power cuts', { timeoutMs: 180_000 }, (test) => {
  test(
    'the power is cut in each state of a command: it comes to its end once, and the same on both sides',
    online(async (house) => {
      for (const state of ['init', 'scheduled', 'executing'] as const) {
        let cut = false;
        house.cutWhen((told) => {
          if (cut || told !== state) return false;
          cut = true;
          return true;
        });
        const id = await send(house, 'identify', { arguments: { seconds: 5 } });
        await until(house, `the cut in ${state}`, () => !house.board.power.isOn());
        house.cutWhen(() => false);
        await house.reboot();
        await isOnline(house);
        const { state: end, reason } = await ended(house, id);
        const wanted = state === 'executing' ? ['failed', 'COMMAND_INTERRUPTED'] : ['successful', null];
        assert.deepEqual([end, reason], wanted, `cut in ${state}`);
      }
    }),
  );
});

suite("the account's key changes", { timeoutMs: 180_000 }, (test) => {
  const rotate = async (house: VirtualHouse) => {
    await house.admin.call('POST', '/api/v1/account-keys');
    await house.admin.call('POST', '/api/v1/account-keys/switch');
    await house.board.clock.settle();
  };
  const obeys = async (house: VirtualHouse) => {
    assert.equal((await ended(house, await send(house, 'status'))).state, 'successful');
    const [key] = house.agent().policy().accountKeys;
    const keys = await house.admin.call<readonly { state: string; fingerprint: string }[]>(
      'GET',
      '/api/v1/account-keys',
    );
    assert.equal(key, keys.find(({ state }) => state === 'current')?.fingerprint);
  };

  test(
    'while the Ewon is online: it follows, and says so once',
    online(async (house) => {
      await rotate(house);
      await obeys(house);
      assert.equal(codes(house).filter((code) => code === 'ACCOUNT_KEY_CHANGED').length, 1);
      await house.reboot();
      await isOnline(house);
      await obeys(house);
    }),
  );

  test(
    'three times while the Ewon is away, with a command that was sent before: it comes back, follows, and does it',
    online(async (house) => {
      house.board.power.cut();
      const before = await send(house, 'status', { validSeconds: 30 * 86_400 });
      for (let i = 0; i < 3; i++) {
        await rotate(house);
        await house.board.clock.advance(HOUR_MS);
      }
      await house.reboot();
      await isOnline(house);
      assert.equal((await ended(house, before)).state, 'successful');
      await obeys(house);
    }),
  );

  test('an Ewon that is approved afterwards, with a card of before, trusts the new key', async () => {
    const house = await createVirtualHouse();
    try {
      await house.boot();
      const card = await house.card();
      await rotate(house);
      await house.board.slots.sd0.insert(card);
      await until(house, 'pending', () => house.agent().status().registration.state === 'pending');
      await house.admin.approve((await house.admin.pending())[0]?.id ?? '');
      await isOnline(house);
      await obeys(house);
    } finally {
      await house.close();
    }
  });

  test(
    'out of turn: a second announcement, a change to a key that was not announced: CONFLICT, and nothing changes',
    online(async (house) => {
      const refuses = (path: string) =>
        house.admin.call('POST', path).then(
          () => assert.fail('not refused'),
          (error: Error) => assert.match(error.message, /409.*CONFLICT/),
        );
      await refuses('/api/v1/account-keys/switch');
      await house.admin.call('POST', '/api/v1/account-keys');
      await refuses('/api/v1/account-keys');
      await obeys(house);
    }),
  );
});
