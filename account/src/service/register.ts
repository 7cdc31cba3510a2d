import {
  type CardManifest,
  CONSOLE_SLOT,
  err,
  fingerprintOf,
  type GrkBindingClaim,
  isBoundBy,
  isSignedBy,
  ok,
  openJws,
  publicKeyOf,
  type RegistrationRequest,
  type Result,
  readCardManifest,
  timestampOf,
  toBase64url,
} from '@ewon-agent/contracts';
import { checkCsr } from '../ca/csr.ts';
import { LOG_TEXTS } from '../core/log-lines.ts';
import type { RegistrationRecord } from '../core/records.ts';
import { decideRegistration, type RegistrationDecision } from '../core/registration.ts';
import { type House, newToken, type Telling, transactAndTell } from '../house.ts';
import { registrationView } from '../http/views.ts';
import type { AccountRow, StoreTx } from '../store/store.ts';
import { changeState } from './change-state.ts';
import { cardKeys } from './signing.ts';

/** A registration whose signature and form were found good. */
export type Asking = {
  readonly request: RegistrationRequest;
  readonly publicKey: Uint8Array;
  readonly binding: GrkBindingClaim;
  readonly address: string;
  readonly network: string;
  /** Uses up the nonce of the request. */
  readonly useNonce: (tx: StoreTx) => Promise<boolean>;
};

/** A record that is there now, whether it was made just now or before, and whom it is with. */
export type Registered = { readonly record: RegistrationRecord; readonly account: AccountRow };

/**
 * Takes a registration: facts, decision and effects in one transaction, so that the same request twice at once
 * makes one record.
 * Codes: those of decideRegistration; BAD_NONCE (used before), BAD_SIGNATURE (binding or CSR), BAD_REQUEST (CSR).
 */
export async function register(house: House, asking: Asking): Promise<Result<Registered>> {
  const csr = await checkCsr(asking.request.csr, asking.publicKey);
  return transactAndTell(house, async (tx, telling, nowMs) => {
    if (!(await asking.useNonce(tx))) return err('BAD_NONCE');
    if (!csr.ok) return csr;
    const { request, publicKey: rawKey, binding, network } = asking;
    const publicKey = toBase64url(rawKey);
    const grk = await tx.grk(binding.grkId);
    if (grk && !isBoundBy(binding, house.vault.open(grk.sealedKey)))
      return err('BAD_SIGNATURE', `grkBinding: not made with key ${binding.grkId}`);
    const manifest = await manifestOf(tx, asking);
    const account = await tx.account();
    const pending = await tx.pendingOfKey(publicKey);
    const others = (same: boolean) => (pending && same ? 1 : 0);
    const decision = decideRegistration({
      nowMs,
      publicKey,
      serial: request.device.serial,
      grk,
      cardDates: manifest,
      autoRegistration: account.autoRegistration,
      sameRequest: await tx.registrationByRequestId(request.requestId),
      pendingOfKey: pending?.registrationId,
      ewons: [...(await tx.ewons({ serial: request.device.serial })), ...(await tx.ewons({ publicKey }))],
      pendingOfGrk:
        (await tx.countRegistrations({ state: 'pending', grkId: binding.grkId })) -
        others(pending?.grkId === binding.grkId),
      pendingOfNetwork:
        (await tx.countRegistrations({ state: 'pending', network })) - others(pending?.network === network),
      quota: { perGrk: house.limits.pendingPerGrk, perNetwork: house.limits.pendingPerNetwork },
    });
    // not the pool of the card: that is the key's of the day it was written, and the key or the pools may have changed since
    const pool = grk?.pool ?? account.autoRegistrationPool;
    const record = await carryOut(house, { tx, telling, nowMs }, asking, decision, pool);
    return record.ok ? ok({ record: record.value, account }) : record;
  });
}

type Doing = { readonly tx: StoreTx; readonly telling: Telling; readonly nowMs: number };

async function carryOut(
  house: House,
  { tx, telling, nowMs }: Doing,
  asking: Asking,
  decision: RegistrationDecision,
  pool: string,
): Promise<Result<RegistrationRecord>> {
  const { request, binding } = asking;
  const serial = request.device.serial;
  if (decision.do === 'refuse') {
    const { code } = decision.fault;
    // a stranger without any key of ours writes nothing into the log that people read, and a holder of one not without end
    if (code !== 'GRK_UNKNOWN' && house.refusalLines.take(`${binding.grkId} ${code}`) === undefined) {
      const event = LOG_TEXTS.refused(serial, code);
      await telling.note(tx, { name: serial, subject: 'Ewon', event, severity: 'error', code });
    }
    return { ok: false, fault: decision.fault };
  }
  if (decision.do === 'repeat') {
    const known = await tx.registration(decision.registrationId);
    return known ? ok(known) : err('NOT_FOUND', 'registration');
  }
  if (decision.supersedes !== undefined) {
    // of one device key only the last superseded record is kept, so that asking again and again fills nothing
    await tx.pruneRegistrations(timestampOf(nowMs + 1), toBase64url(asking.publicKey));
    const older = await tx.registration(decision.supersedes);
    if (older) await changeState({ tx, telling, nowMs }, older, 'void', LOG_TEXTS.superseded(serial));
  }
  const { device, note, csr, evidence, requestId } = request;
  const record: RegistrationRecord = {
    registrationId: newToken(house.random),
    token: newToken(house.random),
    requestId,
    publicKey: toBase64url(asking.publicKey),
    fingerprint: fingerprintOf(asking.publicKey),
    ...device,
    note,
    csr,
    evidence,
    address: asking.address,
    network: asking.network,
    grkId: binding.grkId,
    state: 'pending',
    replaces: decision.replaces ?? null,
    pool,
    createdAt: timestampOf(nowMs),
    decidedAt: null,
    deviceId: null,
  };
  await tx.insertRegistration(record);
  telling.tell({ type: 'registration', id: record.registrationId, row: registrationView(record) });
  const code = decision.replaces ? 'REPLACE_PROPOSED' : 'REGISTRATION_PENDING';
  const said = LOG_TEXTS.asked(serial, binding.grkId, evidence.slot === CONSOLE_SLOT);
  await telling.note(tx, { name: serial, subject: 'Ewon', event: said, code });
  return ok(record);
}

/** The manifest of the card, when this account signed it for this very card. A foreign one says nothing here. */
async function manifestOf(tx: StoreTx, { request, binding }: Asking): Promise<CardManifest | undefined> {
  if (!request.evidence.manifest) return undefined;
  const jws = openJws(request.evidence.manifest, 'ewon-card');
  if (!jws.ok || !(await cardKeys(tx)).some((key) => isSignedBy(jws.value, key))) return undefined;
  const manifest = readCardManifest(jws.value.payload);
  if (!manifest.ok || !publicKeyOf(manifest.value.accountKey)) return undefined;
  const { grkId, t2mSha256 } = manifest.value;
  return grkId === binding.grkId && t2mSha256 === request.evidence.t2mSha256 ? manifest.value : undefined;
}
