import {
  type AccountAnswer,
  type DeviceFacts,
  err,
  type Fault,
  type FirmwarePort,
  LONG_POLL_MAX_MS,
  type Millis,
  type MoveRequest,
  type Ports,
  type RegistrationRequest,
  type Result,
  type WizardRequest,
} from '@ewon-agent/contracts';
import type { AgentEvent } from '../core/agent.ts';
import { type CertificateFacts, judgeGrant, type Meaning, meaningOf, timeOf } from '../core/answers.ts';
import { certificatesUrl, movesUrl, registrationsUrl, unlinkUrl, wizardUrl } from '../core/card-offer.ts';
import type {
  AccountAddress,
  Device,
  Link,
  SavedMove,
  SavedRequest,
  SavedWizard,
  WizardSecret,
} from '../core/model.ts';
import type { AccountSession } from './account-session.ts';

/** Carries out what the registration machine orders; each order answers with exactly one event, or none when it was given up. */
export type Registrar = {
  sendRequest(request: SavedRequest): Promise<AgentEvent>;
  /** Without what is secret it only asks what became of it. */
  sendWizard(request: SavedWizard, secret?: WizardSecret): Promise<AgentEvent>;
  awaitDecision(location: string, request: SavedRequest): Promise<AgentEvent>;
  /** Shows this Ewon to the account it was ordered to. */
  sendMove(request: SavedMove): Promise<AgentEvent>;
  sendUnlink(link: Link): Promise<AgentEvent>;
  /** Asks for a new certificate of the same key. */
  renewCertificate(link: Link): Promise<AgentEvent>;
  /** Asks the account whether this Ewon is still linked, and with what; undefined when it did not say. */
  checkLink(link: Link): Promise<readonly AgentEvent[]>;
};

export type RegistrarParts = {
  readonly ports: Pick<Ports, 'clock' | 'random'>;
  readonly firmware: FirmwarePort;
  readonly session: AccountSession;
  readonly device: Device;
  readonly agentVersion: string;
  readonly macs: () => readonly string[];
  readonly readCertificate: (pem: string) => CertificateFacts | undefined;
};

export function createRegistrar(parts: RegistrarParts, signalOf: () => AbortSignal): Registrar {
  const { session, device } = parts;

  return {
    async sendRequest(request) {
      const { requestId: subject, note, grkBinding, evidence } = request;
      const url = registrationsUrl(request.account);
      const answer = await introduced(request.account, url, (facts): RegistrationRequest => {
        return { requestId: subject, device: facts, note, csr: device.csr, grkBinding, evidence };
      });
      if (!answer.ok) return failed(subject, answer);
      const meaning = meaningOf(answer.value, url);
      if (meaning.is !== 'pending') return eventOf(subject, meaning, []);
      return { on: 'RequestPended', subject, location: meaning.location, answer: meaning.answer };
    },

    async sendWizard({ requestId, account, wizard }, secret) {
      const url = wizardUrl(account);
      const answer = await introduced(account, url, (facts): WizardRequest => {
        return { requestId, device: facts, csr: device.csr, ...wizard, ...secret };
      });
      if (!answer.ok) return failed(requestId, answer);
      const meaning = meaningOf(answer.value, url);
      if (meaning.is === 'refused' && meaning.fault.code === 'NOT_FOUND' && !secret)
        return eventOf(requestId, { is: 'refused', fault: err('WIZARD_INTERRUPTED').fault }, []);
      const event = placed(requestId, meaning);
      return event.on === 'Placed' ? { ...event, on: 'Joined' } : event;
    },

    async sendMove({ requestId, account, move }) {
      const url = movesUrl(account);
      const answer = await introduced(account, url, (facts): MoveRequest => {
        return { requestId, move, device: facts, csr: device.csr };
      });
      if (!answer.ok) return failed(requestId, answer);
      const event = placed(requestId, meaningOf(answer.value, url));
      return event.on === 'Placed' ? { ...event, on: 'Moved', atMs: parts.ports.clock.now() } : event;
    },

    async awaitDecision(location, request) {
      const waitMs = LONG_POLL_MAX_MS;
      const answer = await session.post({ ...asking(request.account, location), waitMs, signal: signalOf() });
      if (!answer.ok) return failed(location, answer);
      return eventOf(location, meaningOf(answer.value, location), ['pending', 'granted']);
    },

    async sendUnlink(link) {
      const payload = JSON.stringify({ deviceId: link.deviceId });
      const url = unlinkUrl(link.account);
      const answer = await session.post({
        account: link.account,
        url,
        as: { kid: link.location },
        payload,
        signal: signalOf(),
      });
      if (!answer.ok) return failed(link.location, answer);
      return eventOf(link.location, meaningOf(answer.value, url), ['unlinked']);
    },

    async renewCertificate(link) {
      const { account, location } = link;
      const url = certificatesUrl(account);
      const payload = JSON.stringify({ csr: device.csr });
      const answer = await session.post({ account, url, as: { kid: location }, payload });
      if (!answer.ok) return notRenewed(answer.fault, 0);
      const meaning = meaningOf(answer.value, url);
      switch (meaning.is) {
        case 'granted': {
          const granted = eventOf(location, meaning, ['granted']);
          if (granted.on === 'Granted') return { ...granted, on: 'CertificateOffered' };
          return notRenewed(err('GRANT_BAD').fault, 0);
        }
        case 'renewal':
          return notRenewed(err('RENEWAL_PENDING').fault, meaning.retryAfterMs);
        case 'refused':
          return meaning.fault.code === 'UNLINKED' ? eventOf(location, meaning, []) : notRenewed(meaning.fault, 0);
        case 'trouble':
          return notRenewed(meaning.fault, meaning.retryAfterMs);
        default:
          return notRenewed(err('ACCOUNT_ERROR', `"${meaning.is}" is no answer to a renewal`).fault, 0);
      }
    },

    async checkLink(link) {
      const answer = await session.post(asking(link.account, link.location));
      if (!answer.ok) return [];
      const meaning = meaningOf(answer.value, link.location);
      if (meaning.is !== 'refused' && meaning.is !== 'granted') return [];
      const event = eventOf(link.location, meaning, ['granted']);
      const nowMs = timeOf(answer.value); // ours may be wrong, and a broker may have refused us for our certificate's age
      return nowMs === undefined || meaning.is === 'refused' ? [event] : [event, { on: 'RenewalLook', nowMs }];
    },
  };

  /**
   * @param expected what the question can be answered with, beside a refusal and trouble. Anything else would be an
   * event that the machine has no use for, and nobody would ask again.
   */
  function eventOf(subject: string, meaning: Meaning, expected: readonly Meaning['is'][]): AgentEvent {
    if (meaning.is !== 'refused' && meaning.is !== 'trouble' && !expected.includes(meaning.is))
      return failed(subject, err('ACCOUNT_ERROR', `"${meaning.is}" is no answer to what was asked`));
    switch (meaning.is) {
      case 'pending':
        return { on: 'StillPending', subject, code: meaning.answer.code, retryAfterMs: meaning.retryAfterMs };
      case 'granted': {
        const facts = parts.readCertificate(meaning.grant.certificate);
        const judged = judgeGrant(meaning.grant, facts, device);
        if (!judged.ok) return failed(subject, judged);
        return { on: 'Granted', subject, grant: judged.value, ...(facts && { valid: facts.valid }) };
      }
      case 'unlinked':
        return { on: 'UnlinkDone', subject, atMs: parts.ports.clock.now() };
      case 'refused':
        return { on: 'Refused', subject, fault: meaning.fault, atMs: parts.ports.clock.now() };
      case 'renewal':
        return failed(subject, err('ACCOUNT_ERROR', 'a renewal was not asked for'), meaning.retryAfterMs);
      case 'trouble':
        return failed(subject, { ok: false, fault: meaning.fault }, meaning.retryAfterMs);
    }
  }

  /** Sends what is signed by the key of this device alone, with what it says of itself. */
  async function introduced(
    account: AccountAddress,
    url: string,
    payloadOf: (device: DeviceFacts) => object,
  ): Promise<Result<AccountAnswer>> {
    const signal = signalOf(); // before the Ewon is asked: what is given up meanwhile must not be sent
    const identity = await parts.firmware.identity();
    if (!identity.ok) return identity;
    if (signal.aborted) return err('ACCOUNT_UNREACHABLE', 'given up');
    const payload = payloadOf({ ...identity.value, agent: parts.agentVersion, macs: parts.macs() });
    return session.post({ account, url, as: { jwk: device.jwk }, payload: JSON.stringify(payload), signal });
  }

  /** A grant that comes with no decision to wait for names its place itself. */
  function placed(subject: string, meaning: Meaning): AgentEvent | Placed {
    const event = eventOf(subject, meaning, ['granted']);
    if (event.on !== 'Granted' || meaning.is !== 'granted') return event;
    if (meaning.location === undefined) return failed(subject, err('ACCOUNT_ERROR', 'no Location'));
    return { ...event, on: 'Placed', location: meaning.location };
  }

  function notRenewed({ code, detail }: Fault, retryAfterMs: Millis): AgentEvent {
    return { on: 'RenewalFailed', fault: { code, detail }, fraction: parts.ports.random.fraction(), retryAfterMs };
  }

  function failed(subject: string, result: Result<unknown> & { ok: false }, retryAfterMs = 0): AgentEvent {
    const { clock, random } = parts.ports;
    const { fault } = result;
    return { on: 'Unreachable', subject, fault, fraction: random.fraction(), retryAfterMs, atMs: clock.now() };
  }
}

type Placed = Omit<AgentEvent & { on: 'Joined' }, 'on'> & { readonly on: 'Placed' };

function asking(account: SavedRequest['account'], location: string) {
  return { account, url: location, as: { kid: location }, payload: '' } as const;
}
