import type { Scope } from './scope.ts';
import type { EwonArea } from './store.ts';

type CertificateArea = Pick<EwonArea, 'certificates' | 'certificate' | 'insertCertificate' | 'revokeCertificates'>;

/** Certificates of devices. */
export function certificateArea({ db, accountId }: Scope): CertificateArea {
  const all = () =>
    db
      .selectFrom('certificate')
      .select(['serial', 'deviceId', 'pem', 'notBefore', 'notAfter', 'revokedAt'])
      .where('accountId', '=', accountId);
  return {
    certificates: (deviceId) => all().where('deviceId', '=', deviceId).orderBy('notBefore').execute(),
    certificate: (serial) => all().where('serial', '=', serial).executeTakeFirst(),
    async insertCertificate(record) {
      await db
        .insertInto('certificate')
        .values({ ...record, accountId })
        .execute();
    },
    async revokeCertificates(deviceId, revokedAt, olderThan) {
      const inUse = db
        .updateTable('certificate')
        .set({ revokedAt })
        .where('accountId', '=', accountId)
        .where('deviceId', '=', deviceId)
        .where('revokedAt', 'is', null);
      await (olderThan === undefined ? inUse : inUse.where('notBefore', '<', olderThan)).execute();
    },
  };
}
