import { err, type Fault, type Millis, RENEWAL_GRACE_MS } from '@ewon-agent/contracts';
import type { CertificateRecord, EwonRecord } from './records.ts';

// Whether a device gets a new certificate for its key (docs/decisions/0020-certificates-for-life.md).

export type RenewalFacts = {
  readonly nowMs: Millis;
  readonly ewon: Pick<EwonRecord, 'renewalAllowedAt'>;
  /** The certificates of the device, in any order. */
  readonly certificates: readonly CertificateRecord[];
};

/** `again`: the newest one is young, so it is handed out once more; an answer that was lost costs no certificate. */
export type RenewalDecision =
  | { readonly do: 'again'; readonly certificate: CertificateRecord }
  | { readonly do: 'issue' }
  | { readonly do: 'wait'; readonly fault: Fault };

/** Decides about the renewal of a linked Ewon that is not quarantined. Codes: RENEWAL_PENDING (a person decides). */
export function decideRenewal({ nowMs, ewon, certificates }: RenewalFacts): RenewalDecision {
  const newest = certificates.toSorted((a, b) => (a.notBefore < b.notBefore ? 1 : -1))[0];
  if (ewon.renewalAllowedAt !== null) return { do: 'issue' };
  if (!newest || Date.parse(newest.notAfter) + RENEWAL_GRACE_MS < nowMs)
    return { do: 'wait', fault: err('RENEWAL_PENDING', `ended ${newest?.notAfter ?? 'unknown'}`).fault };
  const isYoung = newest.revokedAt === null && nowMs < renewFromMs(newest);
  return isYoung ? { do: 'again', certificate: newest } : { do: 'issue' };
}

/** When two thirds of the life of a certificate are over. */
export function renewFromMs(certificate: Pick<CertificateRecord, 'notBefore' | 'notAfter'>): Millis {
  const [fromMs, toMs] = [Date.parse(certificate.notBefore), Date.parse(certificate.notAfter)];
  return fromMs + ((toMs - fromMs) * 2) / 3;
}
