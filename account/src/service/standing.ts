import {
  err,
  type Fault,
  type Grant,
  ok,
  type PendingAnswer,
  type Result,
  topicPrefixFor,
} from '@ewon-agent/contracts';
import { answerFor } from '../core/approval.ts';
import type { EwonRecord, RegistrationRecord } from '../core/records.ts';
import type { House } from '../house.ts';
import type { StoreTx } from '../store/store.ts';
import { presentPolicy } from './policy.ts';
import { trustedKeys } from './signing.ts';

/** What polling a registration is answered with. */
export type Standing =
  | { readonly is: 'pending'; readonly answer: PendingAnswer }
  | { readonly is: 'granted'; readonly answer: Grant }
  | { readonly is: 'over'; readonly fault: Fault };

/** What a grant says beside what the database knows. */
export type GrantFacts = {
  /** In the order to try them. */
  readonly mqttUrls: () => readonly string[];
};

/** Reads how a registration stands now. A grant is the same every time. Codes: NOT_FOUND. */
export async function standingOf(house: House, registrationId: string, facts: GrantFacts): Promise<Result<Standing>> {
  return house.store.transact(async (tx) => {
    const record = await tx.registration(registrationId);
    if (!record) return err('NOT_FOUND', 'registration');
    const ewon = record.deviceId ? await tx.ewon(record.deviceId) : undefined;
    const fault = answerFor(record.state, ewon);
    if (fault) return ok({ is: 'over', fault });
    if (!ewon) {
      const { accountId: id, name } = await tx.account();
      return ok({ is: 'pending', answer: pendingAnswer(record, { id, name }) });
    }
    const certificate = await tx.certificate(ewon.certificateSerial);
    if (!certificate) throw new Error('this is a bug: a linked Ewon without certificate');
    return ok({ is: 'granted', answer: await grantOf({ house, tx, facts }, record, ewon, certificate.pem) });
  });
}

/** What a linked Ewon is handed out, with this certificate. */
export async function grantOf(
  { house, tx, facts }: { readonly house: House; readonly tx: StoreTx; readonly facts: GrantFacts },
  record: RegistrationRecord,
  { deviceId, name, pool, customFields }: EwonRecord,
  certificate: string,
): Promise<Grant> {
  const { accountId, name: accountName } = await tx.account();
  return {
    status: record.state === 'replaced' ? 'replaced' : 'approved',
    ...{ deviceId, account: { id: accountId, name: accountName }, name, pool, customFields },
    certificate,
    ca: house.ca.tlsCa,
    accountKeys: await trustedKeys(tx),
    policy: (await presentPolicy(tx, house, house.clock.now())).signed,
    mqtt: { urls: facts.mqttUrls(), topicPrefix: topicPrefixFor({ accountId, deviceId }) },
  };
}

/** The answer while nobody has decided. */
export function pendingAnswer(record: RegistrationRecord, account: PendingAnswer['account']): PendingAnswer {
  return { status: 'pending', code: record.replaces ? 'REPLACE_PROPOSED' : 'REGISTRATION_PENDING', account };
}
