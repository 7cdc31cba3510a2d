import { assert, suite } from '@ewon-agent/contracts/testing';
import { type IngestFixture, openIngestFixture } from '../testing/ingest-fixture.ts';

function onIngest(story: (fixture: IngestFixture) => Promise<void>): () => Promise<void> {
  return async () => {
    const fixture = await openIngestFixture();
    try {
      await story(fixture);
    } finally {
      await fixture.close();
    }
  };
}

const online = (seq: number, bootCount: number, more: object = {}) => {
  return { epoch: 'e1', seq, state: 'online', agent: '1', bootId: `boot-${bootCount}`, bootCount, ...more };
};
const event = (seq: number) => ({ epoch: 'e1', seq, code: 'CARD_USABLE', severity: 'info', text: `${seq}` });

suite('identity of who sends', (test) => {
  test(
    'a second board with this identity: quarantined, the broker told once, and what either sends is not acknowledged',
    onIngest(async ({ ids: [id], take, ingest, store, quarantined, acks, events }) => {
      await take(id, 'status', online(1, 1));
      await take(id, 'status', online(9, 2));
      await take(id, 'event', event(10));
      await ingest.settled();
      const before = acks.length;
      await take(id, 'status', online(12, 1));
      await take(id, 'event', event(13));
      await take(id, 'status', online(14, 2));
      await ingest.settled();
      const ewon = await store.transact((tx) => tx.ewon(id));
      assert.ok(ewon?.quarantinedAt);
      assert.deepEqual([ewon?.online, ewon?.brokerTold], [false, false]);
      assert.deepEqual(quarantined, [id]);
      assert.equal(acks.length, before);
      assert.match((await events()).at(-1) ?? '', /quarantined: start 1 goes on beside start 2/);
    }),
  );

  test(
    'the first session with a newer certificate ends the older ones; one with an older certificate ends nothing',
    onIngest(async ({ ids: [id], take, ingest, store }) => {
      const certificate = (serial: string, day: number) => {
        const notBefore = `2026-03-0${day}T00:00:00.000Z`;
        return { serial, deviceId: id, pem: 'PEM', notBefore, notAfter: '2026-09-01T00:00:00.000Z', revokedAt: null };
      };
      await store.transact(async (tx) => {
        for (const [n, serial] of ['4a01', '4a02', '4a03'].entries())
          await tx.insertCertificate(certificate(serial, n + 1));
        await tx.updateEwon(id, { certificateSerial: '4a01' });
      });
      const inUse = async () => {
        await ingest.settled();
        const all = await store.transact((tx) => tx.certificates(id));
        return all.filter(({ revokedAt }) => revokedAt === null).map(({ serial }) => serial);
      };
      await take(id, 'status', online(1, 1, { certificate: '4a01' }));
      assert.deepEqual(await inUse(), ['4a01', '4a02', '4a03']);
      await take(id, 'status', online(5, 1, { certificate: '4a02' }));
      assert.deepEqual(await inUse(), ['4a02', '4a03']);
      await take(id, 'status', online(6, 1, { certificate: 'ffff' }));
      assert.deepEqual(await inUse(), ['4a02', '4a03']);
    }),
  );
});
