import {
  type DeviceId,
  err,
  fromBase64url,
  type Grant,
  ok,
  type RenewalAnswer,
  type Result,
  timestampOf,
} from '@ewon-agent/contracts';
import { checkCsr } from '../ca/csr.ts';
import { answerFor } from '../core/approval.ts';
import { LOG_TEXTS } from '../core/log-lines.ts';
import type { EwonRecord, RegistrationRecord } from '../core/records.ts';
import { decideRenewal } from '../core/renewal.ts';
import { type House, transactAndTell } from '../house.ts';
import { ewonRow } from './ewon-row.ts';
import { type GrantFacts, grantOf } from './standing.ts';

// An identity for life: certificates that are renewed, and a quarantine that a person ends.

/**
 * Renews the certificate of a device. The one in use stays good until the device has used the new one.
 * Codes: NOT_FOUND, UNLINKED, IDENTITY_QUARANTINED, BAD_REQUEST and BAD_SIGNATURE (of the CSR).
 */
export async function renewCertificate(
  house: House,
  registrationId: string,
  csr: string,
  facts: GrantFacts,
): Promise<Result<Grant | RenewalAnswer>> {
  return transactAndTell(house, async (tx, telling, nowMs) => {
    const record: RegistrationRecord | undefined = await tx.registration(registrationId);
    if (!record?.deviceId) return err('NOT_FOUND', 'Ewon');
    const ewon = await tx.ewon(record.deviceId);
    const fault = answerFor(record.state, ewon);
    if (fault || !ewon) return { ok: false, fault: fault ?? err('NOT_FOUND', 'Ewon').fault };
    const { deviceId, name } = ewon;
    const decision = decideRenewal({ nowMs, ewon, certificates: await tx.certificates(deviceId) });
    const line = { name, subject: 'Ewon', deviceId } as const;
    if (decision.do === 'again') return ok(await grantOf({ house, tx, facts }, record, ewon, decision.certificate.pem));
    if (decision.do === 'wait') {
      if (ewon.renewalAskedAt === null) {
        const renewalAskedAt = timestampOf(nowMs);
        await tx.updateEwon(deviceId, { renewalAskedAt });
        const event = LOG_TEXTS.renewalAsked(name);
        await telling.note(tx, { ...line, event, severity: 'warn', code: 'RENEWAL_PENDING' });
        telling.tell({ type: 'ewon', id: deviceId, row: await ewonRow(tx, { ...ewon, renewalAskedAt }) });
      }
      return ok({ status: 'renewal', code: 'RENEWAL_PENDING' });
    }
    const key = fromBase64url(ewon.publicKey) ?? new Uint8Array();
    const checked = await checkCsr(csr, key);
    if (!checked.ok) return checked;
    const issued = await house.ca.issueDeviceCertificate(key, { accountId: house.accountId, deviceId }, nowMs);
    const { serial, pem, notBeforeMs, notAfterMs } = issued;
    const [notBefore, notAfter] = [timestampOf(notBeforeMs), timestampOf(notAfterMs)];
    await tx.insertCertificate({ serial, deviceId, pem, notBefore, notAfter, revokedAt: null });
    const patch = { renewalAskedAt: null, renewalAllowedAt: null };
    await tx.updateEwon(deviceId, patch);
    await telling.note(tx, { ...line, event: LOG_TEXTS.renewed(name, notAfter) });
    telling.tell({ type: 'ewon', id: deviceId, row: await ewonRow(tx, { ...ewon, ...patch }) });
    return ok(await grantOf({ house, tx, facts }, record, ewon, pem));
  });
}

/** Allows the next renewal of an Ewon whose certificate ended too long ago. Codes: NOT_FOUND, CONFLICT (none waits). */
export async function allowRenewal(house: House, deviceId: DeviceId): Promise<Result<EwonRecord>> {
  return transactAndTell(house, async (tx, telling, nowMs) => {
    const ewon = await tx.ewon(deviceId);
    if (ewon?.link !== 'linked') return err('NOT_FOUND', 'Ewon');
    if (ewon.renewalAskedAt === null) return err('CONFLICT', 'no renewal of it waits');
    const patch = { renewalAskedAt: null, renewalAllowedAt: timestampOf(nowMs) };
    await tx.updateEwon(deviceId, patch);
    await telling.noteDone(tx, { event: LOG_TEXTS.renewalAllowed(ewon.name), deviceId });
    telling.tell({ type: 'ewon', id: deviceId, row: await ewonRow(tx, { ...ewon, ...patch }) });
    return ok({ ...ewon, ...patch });
  });
}

/**
 * Ends a quarantine: the device that connects next is believed, and compared with from then on.
 * Codes: NOT_FOUND, CONFLICT (not quarantined), UPLINK_UNREACHABLE (the broker; nothing was done).
 */
export async function releaseEwon(house: House, deviceId: DeviceId): Promise<Result<EwonRecord>> {
  const asked = await house.store.transact((tx) => tx.ewon(deviceId));
  if (asked?.link !== 'linked') return err('NOT_FOUND', 'Ewon');
  if (asked.quarantinedAt === null) return err('CONFLICT', 'it is not quarantined');
  try {
    await house.broker.admit({ accountId: house.accountId, deviceId });
  } catch (cause) {
    return err('UPLINK_UNREACHABLE', 'nothing was released', cause);
  }
  return transactAndTell(house, async (tx, telling) => {
    const ewon = await tx.ewon(deviceId);
    if (ewon?.link !== 'linked') return err('NOT_FOUND', 'Ewon');
    const patch = { quarantinedAt: null, boots: null, brokerTold: true };
    await tx.updateEwon(deviceId, patch);
    await telling.noteDone(tx, { event: LOG_TEXTS.released(ewon.name), deviceId });
    telling.tell({ type: 'ewon', id: deviceId, row: await ewonRow(tx, { ...ewon, ...patch }) });
    return ok({ ...ewon, ...patch });
  });
}
