import { type StatusMessage, timestampOf } from '@ewon-agent/contracts';
import { assert, type SuiteOptions, suite } from '@ewon-agent/contracts/testing';
import type { AccountStore, LogPart, StoreTx } from '../store/store.ts';
import { NOW_MS } from './facts.ts';
import { accountRow, ewonRecord, GRK_ID, grkRecord, logEntry, registrationRecord, telemetryRecord } from './records.ts';
import { onStore, type StoreFixture } from './store-fixture.ts';
import { storeImportsSuite } from './store-imports-suite.ts';
import { storeListsSuite } from './store-lists-suite.ts';
import { storeLocationSuite } from './store-location-suite.ts';
import { storeLogSuite } from './store-log-suite.ts';
import { storeOrdersSuite } from './store-orders-suite.ts';
import { storeStreamsSuite } from './store-streams-suite.ts';
import { storeUsersSuite } from './store-users-suite.ts';

/** The obligations of {@link Store}. Every implementation passes it. */
export function storeSuite(
  name: string,
  makeFixture: () => Promise<StoreFixture>,
  options: Pick<SuiteOptions, 'needs'> = {},
): void {
  const on = onStore(makeFixture);
  const fails = async (account: AccountStore, work: (tx: StoreTx) => Promise<unknown>): Promise<void> => {
    let failed = false;
    await account.transact(work).catch(() => {
      failed = true;
    });
    assert.ok(failed, 'it should have been refused');
  };

  suite(`${name}: transactions`, options, (test) => {
    test(
      'when the work rejects, nothing of it is kept and the error comes through',
      on(async (account) => {
        const error = new Error('halfway');
        const rejected = await account
          .transact(async (tx) => {
            await tx.addPool('North');
            await tx.insertRegistration(registrationRecord());
            throw error;
          })
          .catch((thrown: unknown) => thrown);
        assert.equal(rejected, error);
        const left = await account.transact(async (tx) => [await tx.pools(), await tx.countRegistrations({})]);
        assert.deepEqual(left, [[], 0]);
      }),
    );
    test(
      'twenty at once that read and write in turn: none sees half of another',
      on(async (account) => {
        const work = () =>
          account.transact(async (tx) => {
            const count = await tx.countRegistrations({});
            await new Promise((resolve) => setImmediate(resolve));
            await tx.insertRegistration(registrationRecord({ note: String(count) }));
          });
        await Promise.all(Array.from({ length: 20 }, work));
        const notes = (await account.transact((tx) => tx.registrations({}))).map((r) => Number(r.note));
        assert.deepEqual(
          notes.toSorted((a, b) => a - b),
          Array.from({ length: 20 }, (_, i) => i),
        );
      }),
    );
    test(
      'what was committed is there when the store is opened again',
      on(async (account, _, fixture) => {
        const record = registrationRecord();
        await account.transact((tx) => tx.insertRegistration(record));
        const again = await fixture.open();
        try {
          const read = await again.account(account.accountId).transact((tx) => tx.registration(record.registrationId));
          assert.deepEqual(read, record);
        } finally {
          await again.close();
        }
      }),
    );
    test(
      'two accounts: neither sees, counts, changes or deletes what is of the other',
      on(async (mine, store) => {
        const row = accountRow({ name: 'B' });
        await store.createAccount(row);
        const other = store.account(row.accountId);
        const [registration, ewon] = [registrationRecord(), ewonRecord()];
        const { deviceId } = ewon;
        const rejected = registrationRecord({ state: 'rejected', decidedAt: timestampOf(NOW_MS) });
        const certificate = { serial: '01', deviceId, pem: 'P', notBefore: 'b', notAfter: 'a', revokedAt: null };
        await mine.transact(async (tx) => {
          await tx.insertCertificate(certificate);
          await tx.insertRegistration(registration);
          await tx.insertEwon(ewon);
          await tx.insertGrk(grkRecord());
          await tx.addPool('North');
          await tx.appendLog(logEntry());
          await tx.addSession('s', timestampOf(NOW_MS + 1));
          await tx.addOneTimeLink('l', timestampOf(NOW_MS + 1));
          await tx.useNonce('n', 1);
          await tx.addPool('South');
          const retained = {
            v: 1,
            at: 'a',
            epoch: 'm',
            seq: 1,
            state: 'online',
            agent: '',
            bootId: '',
            bootCount: 1,
          } as const;
          await tx.retain(deviceId, 'status', retained);
          await tx.insertRegistration(rejected);
          await tx.addTelemetry([telemetryRecord({ deviceId })]);
        });
        await other.transact(async (tx) => {
          const { registrationId, token, requestId, publicKey } = registration;
          const seen = [
            ...[await tx.registration(registrationId), await tx.registrationByToken(token)],
            ...[await tx.registrationByRequestId(requestId), await tx.pendingOfKey(publicKey)],
            ...[await tx.ewon(ewon.deviceId), await tx.ewonByName(ewon.name), await tx.grk(GRK_ID)],
            ...(await tx.registrations({})),
            ...(await tx.ewons({})),
            ...[...(await tx.grks()), ...(await tx.pools()), ...(await tx.log({ limit: 10 }))],
          ];
          assert.deepEqual(seen.filter(Boolean), []);
          assert.equal(await tx.countRegistrations({}), 0);
          assert.equal(await tx.hasSession('s', timestampOf(NOW_MS)), false);
          assert.equal(await tx.takeOneTimeLink('l', timestampOf(NOW_MS)), false);
          assert.equal(await tx.useNonce('n', 1), true);
          assert.equal((await tx.account()).name, 'B');
          assert.equal(await tx.retained(deviceId, 'status'), undefined);
          assert.deepEqual([await tx.telemetry({ deviceId, limit: 9 }), await tx.ewonsNamed([deviceId])], [[], []]);
          // rows of its own under the same names: only these may change
          await tx.insertRegistration(registration);
          await tx.insertEwon(ewon);
          await tx.insertGrk(grkRecord());
          await tx.insertCertificate(certificate);
          await tx.addPool('North');
          await tx.addSession('s', timestampOf(NOW_MS + 1));
          await tx.revokeCertificates(ewon.deviceId, timestampOf(NOW_MS));
          await tx.sawEwons([deviceId], timestampOf(NOW_MS));
          await tx.addTelemetry([telemetryRecord({ deviceId, at: 'other' })]);
          await tx.addEpoch(ewon.deviceId, 'e');
          await tx.nextNonceGeneration();
          await tx.nextNonceGeneration();
          await tx.pruneSessions(timestampOf(NOW_MS + 1));
          for (let n = 0; n < 3; n++) assert.equal((await tx.appendLog(logEntry()))?.id, n + 1);
          await tx.updateRegistration(registrationId, { state: 'void', decidedAt: timestampOf(NOW_MS) });
          await tx.updateEwon(ewon.deviceId, { name: 'taken over' });
          await tx.updateGrk(GRK_ID, { state: 'revoked' });
          await tx.pruneRegistrations(timestampOf(NOW_MS + 1));
          await tx.removePool('North');
          await tx.endSession('s');
          await tx.pruneLog('devices', 0, 10);
          await tx.pruneLog('audit', 0, 10);
          await tx.pruneTelemetry({ messages: 0, sizeBytes: 0 });
          await tx.updateAccount({ name: 'C' });
        });
        await mine.transact(async (tx) => {
          assert.deepEqual(await tx.registration(registration.registrationId), registration);
          assert.deepEqual(await tx.ewon(deviceId), ewon);
          assert.deepEqual(await tx.certificates(deviceId), [certificate]);
          assert.deepEqual(await tx.epochsOf(deviceId), []);
          assert.equal(await tx.nonceGeneration(), 1);
          assert.equal(await tx.useNonce('n', 1), false);
          assert.deepEqual(await tx.registration(rejected.registrationId), rejected);
          assert.equal(await tx.takeOneTimeLink('l', timestampOf(NOW_MS)), true);
          assert.equal((await tx.grk(GRK_ID))?.state, 'active');
          assert.deepEqual(await tx.pools(), ['North', 'South']);
          assert.equal((await tx.log({ limit: 10 })).length, 1);
          assert.equal((await tx.telemetry({ deviceId, limit: 9 })).length, 1);
          assert.equal(await tx.hasSession('s', timestampOf(NOW_MS)), true);
          assert.equal((await tx.account()).name, 'A');
        });
        assert.equal((await store.accounts()).length, 2);
      }),
    );
  });

  suite(`${name}: registrations and Ewons`, options, (test) => {
    test(
      'one pending record per device key, one record per request id',
      on(async (account) => {
        const record = registrationRecord();
        await account.transact((tx) => tx.insertRegistration(record));
        const { publicKey, requestId, registrationId } = record;
        await fails(account, (tx) => tx.insertRegistration(registrationRecord({ publicKey })));
        await fails(account, (tx) => tx.insertRegistration(registrationRecord({ requestId })));
        await account.transact((tx) => tx.updateRegistration(registrationId, { state: 'void' }));
        await account.transact((tx) => tx.insertRegistration(registrationRecord({ publicKey })));
        await fails(account, (tx) => tx.insertRegistration(registrationRecord({ requestId })));
      }),
    );
    test(
      'filters count and list the same; pruning keeps what waits and what became an Ewon',
      on(async (account) => {
        const decided = { decidedAt: timestampOf(NOW_MS) };
        await account.transact(async (tx) => {
          await tx.insertRegistration(registrationRecord());
          await tx.insertRegistration(registrationRecord({ network: '198.51.100.0/24' }));
          await tx.insertRegistration(registrationRecord({ state: 'approved', ...decided }));
          await tx.insertRegistration(registrationRecord({ state: 'void', publicKey: 'k', ...decided }));
          await tx.insertRegistration(registrationRecord({ state: 'rejected', ...decided }));
        });
        await account.transact(async (tx) => {
          for (const filter of [{}, { state: 'pending' }, { network: '192.0.2.0/24', grkId: GRK_ID }] as const)
            assert.equal(await tx.countRegistrations(filter), (await tx.registrations(filter)).length);
          assert.equal(await tx.countRegistrations({ state: 'pending', network: '192.0.2.0/24' }), 1);
          assert.equal(await tx.countRegistrations({ createdBefore: timestampOf(NOW_MS) }), 0);
          assert.equal(await tx.countRegistrations({ createdBefore: timestampOf(NOW_MS + 1) }), 5);
          await tx.pruneRegistrations(timestampOf(NOW_MS), 'k');
          assert.equal(await tx.countRegistrations({}), 5);
          await tx.pruneRegistrations(timestampOf(NOW_MS + 1), 'k');
          assert.equal(await tx.countRegistrations({}), 4);
          await tx.pruneRegistrations(timestampOf(NOW_MS + 1));
          const states = (await tx.registrations({})).map((r) => r.state);
          assert.deepEqual(states.toSorted(), ['approved', 'pending', 'pending']);
        });
      }),
    );
    test(
      'a name is there once among listed Ewons, a device key once among linked ones',
      on(async (account) => {
        const ewon = ewonRecord();
        await account.transact((tx) => tx.insertEwon(ewon));
        const { name: ewonName, publicKey, deviceId } = ewon;
        await fails(account, (tx) => tx.insertEwon(ewonRecord({ name: ewonName })));
        await fails(account, (tx) => tx.insertEwon(ewonRecord({ publicKey })));
        await account.transact((tx) => tx.updateEwon(deviceId, { link: 'unlinked' }));
        await fails(account, (tx) => tx.insertEwon(ewonRecord({ name: ewonName })));
        await account.transact((tx) => tx.updateEwon(deviceId, { link: 'replaced', online: true }));
        const successor = ewonRecord({ name: ewonName, publicKey });
        await account.transact((tx) => tx.insertEwon(successor));
        await account.transact(async (tx) => {
          assert.deepEqual(await tx.ewonByName(ewonName), successor);
          assert.deepEqual(await tx.ewon(deviceId), { ...ewon, link: 'replaced', online: true });
          assert.deepEqual(await tx.ewons({ publicKey, link: ['linked'] }), [successor]);
          assert.equal((await tx.ewons({ serial: ewon.serial })).length, 2);
          assert.deepEqual(await tx.ewons({ brokerTold: false }), []);
        });
      }),
    );
    test(
      'certificates are revoked once, all of one device',
      on(async (account) => {
        const { deviceId } = ewonRecord();
        const certificate = { deviceId, pem: 'P', notBefore: 'b', notAfter: 'a', revokedAt: null };
        await account.transact(async (tx) => {
          await tx.insertCertificate({ ...certificate, serial: '01' });
          await tx.revokeCertificates(deviceId, timestampOf(NOW_MS));
          await tx.insertCertificate({ ...certificate, serial: '02' });
          await tx.revokeCertificates(deviceId, timestampOf(NOW_MS + 1));
          const revoked = (await tx.certificates(deviceId)).map((c) => c.revokedAt);
          assert.deepEqual(revoked, [timestampOf(NOW_MS), timestampOf(NOW_MS + 1)]);
          assert.equal((await tx.certificate('02'))?.pem, 'P');
          assert.equal(await tx.certificate('03'), undefined);
        });
      }),
    );
    test(
      'last messages, epochs in the order they came, the session before',
      on(async (account) => {
        const ewon = ewonRecord();
        const { deviceId } = ewon;
        const status: StatusMessage = {
          ...{ v: 1, at: timestampOf(NOW_MS), epoch: 'z', seq: 2 ** 40, state: 'online' },
          ...{ agent: 'a', bootId: 'b', bootCount: 1 },
        };
        await account.transact(async (tx) => {
          await tx.insertEwon(ewon);
          assert.equal(await tx.retained(deviceId, 'status'), undefined);
          await tx.retain(deviceId, 'status', { ...status, seq: 1 });
          await tx.retain(deviceId, 'status', status);
          assert.deepEqual(await tx.retained(deviceId, 'status'), status);
          for (const epoch of ['z', 'a', 'm']) await tx.addEpoch(deviceId, epoch);
          assert.deepEqual(await tx.epochsOf(deviceId), ['z', 'a', 'm']);
        });
      }),
    );
  });

  suite(`${name}: keys, log, doors`, options, (test) => {
    test(
      'a GRK id is there once',
      on(async (account) => {
        await account.transact((tx) => tx.insertGrk(grkRecord()));
        await fails(account, (tx) => tx.insertGrk(grkRecord({ sealedKey: 'another' })));
        await account.transact((tx) => tx.updateGrk(GRK_ID, { state: 'revoked', revokedAt: timestampOf(NOW_MS) }));
        const expected = grkRecord({ state: 'revoked', revokedAt: timestampOf(NOW_MS) });
        assert.deepEqual(await account.transact((tx) => tx.grks()), [expected]);
      }),
    );
    test(
      'a pool is added and removed once',
      on(async (account) => {
        const done = await account.transact(async (tx) => [
          ...[await tx.addPool('b'), await tx.addPool('a'), await tx.addPool('b'), await tx.pools()],
          ...[await tx.removePool('b'), await tx.removePool('b'), await tx.pools()],
        ]);
        assert.deepEqual(done, [true, true, false, ['b', 'a'], true, false, ['a']]);
      }),
    );
    test(
      'log: numbered, the newest asked for, by kind, a device event once, pruned from its old end',
      on(async (account) => {
        const { deviceId } = ewonRecord();
        const origin = { epoch: 'e', seq: 1 };
        await account.transact(async (tx) => {
          await tx.appendLog(logEntry({ event: 'first', severity: 'error' }));
          await tx.appendLog(logEntry({ event: 'second', subject: 'User' }));
          assert.equal((await tx.appendLog(logEntry({ event: 'third', deviceId }), origin))?.id, 3);
          assert.equal(await tx.appendLog(logEntry({ event: 'third', deviceId }), origin), undefined);
          const events = async (filter: Parameters<typeof tx.log>[0]) => (await tx.log(filter)).map((l) => l.event);
          assert.deepEqual(await events({ limit: 2 }), ['second', 'third']);
          assert.deepEqual(await events({ limit: 9, kind: 'error' }), ['first']);
          assert.deepEqual(await events({ limit: 9, kind: 'user' }), ['second']);
          assert.deepEqual(await events({ limit: 9, kind: 'message' }), ['third']);
          assert.deepEqual(await events({ limit: 9, afterId: 1 }), ['second', 'third']);
          assert.equal(await tx.pruneLog('devices', 0, 1), 1);
          assert.deepEqual(
            await events({ limit: 9 }),
            ['second', 'third'],
            'the oldest first, no more than it is told',
          );
          const prune = (part: LogPart, keep: number) => tx.pruneLog(part, keep, 9);
          assert.deepEqual([await prune('devices', 1), await prune('audit', 1), await prune('audit', 0)], [0, 0, 1]);
          assert.deepEqual(await events({ limit: 9 }), ['third']);
        });
      }),
    );
    test(
      'a nonce is used once, until its generation is two back',
      on(async (account) => {
        await account.transact(async (tx) => {
          const generation = await tx.nonceGeneration();
          assert.deepEqual([await tx.useNonce('n', generation), await tx.useNonce('n', generation)], [true, false]);
          assert.equal(await tx.nextNonceGeneration(), generation + 1);
          assert.equal(await tx.useNonce('n', generation), false);
          await tx.nextNonceGeneration();
          assert.equal(await tx.nonceGeneration(), generation + 2);
          assert.equal(await tx.useNonce('n', generation), true, 'forgotten; its generation is refused before');
        });
      }),
    );
    test(
      'a one-time link is taken once and in time; a session holds until its end',
      on(async (account) => {
        const [now, later] = [timestampOf(NOW_MS), timestampOf(NOW_MS + 1)];
        await account.transact(async (tx) => {
          for (const link of ['a', 'b']) await tx.addOneTimeLink(link, later);
          const taken = [await tx.takeOneTimeLink('a', now), await tx.takeOneTimeLink('a', now)];
          assert.deepEqual([...taken, await tx.takeOneTimeLink('b', later)], [true, false, false]);
          await tx.addSession('s', later);
          assert.deepEqual([await tx.hasSession('s', now), await tx.hasSession('s', later)], [true, false]);
          await tx.pruneSessions(later);
          assert.equal(await tx.hasSession('s', now), false);
          await tx.addSession('t', later);
          await tx.endSession('t');
          assert.equal(await tx.hasSession('t', now), false);
          for (const session of ['u', 'v']) await tx.addSession(session, later);
          await tx.addOneTimeLink('c', later);
          await tx.endSessions('v');
          assert.deepEqual([await tx.hasSession('u', now), await tx.hasSession('v', now)], [false, true]);
          assert.equal(await tx.takeOneTimeLink('c', now), false, 'it would open another');
          await tx.endSessions();
          assert.equal(await tx.hasSession('v', now), false);
        });
      }),
    );
  });

  storeStreamsSuite(name, makeFixture, options);
  storeLocationSuite(name, makeFixture, options);
  storeListsSuite(name, makeFixture, options);
  storeLogSuite(name, makeFixture, options);
  storeOrdersSuite(name, makeFixture, options);
  storeImportsSuite(name, makeFixture, options);
  storeUsersSuite(name, makeFixture, options);
}
