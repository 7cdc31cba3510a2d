import { assert, suite } from '@ewon-agent/contracts/testing';
import type { AgentEffect, AgentEvent } from '../core/agent.ts';
import { LOCATION, link, savedMove } from '../testing/fixtures.ts';
import { createPerformer } from './performer.ts';
import type { Registrar } from './registrar.ts';

const REFUSED: AgentEvent = {
  ...{ on: 'Refused', subject: LOCATION, fault: { code: 'UNLINKED', detail: '' }, atMs: 0 },
};
const UNREACHABLE: AgentEvent = {
  ...{ on: 'Unreachable', subject: savedMove().requestId, fault: { code: 'ACCOUNT_UNREACHABLE', detail: '' } },
  ...{ fraction: 0.5, retryAfterMs: 0, atMs: 0 },
};
const NOT_RENEWED: AgentEvent = {
  ...{ on: 'RenewalFailed', fault: { code: 'RENEWAL_PENDING', detail: '' }, fraction: 0.5, retryAfterMs: 0 },
};

/** A performer whose account answers when it is told to. */
function performing() {
  const posted: string[] = [];
  const asked = { renewal: Promise.withResolvers<AgentEvent>(), check: Promise.withResolvers<readonly AgentEvent[]>() };
  const move = Promise.withResolvers<AgentEvent>();
  let signalOf = () => new AbortController().signal;
  const registrar: Pick<Registrar, 'sendMove' | 'renewCertificate' | 'checkLink'> = {
    sendMove: () => move.promise,
    renewCertificate: () => asked.renewal.promise,
    checkLink: () => asked.check.promise,
  };
  const performer = createPerformer({
    registrar: (given: typeof signalOf) => {
      signalOf = given;
      return registrar;
    },
    link: { close: async () => {} },
    commands: { stop: () => {} },
    post: (event: AgentEvent) => void posted.push(event.on),
  } as unknown as Parameters<typeof createPerformer>[0]);
  return {
    performer,
    signal: () => signalOf(),
    async did(...effects: readonly AgentEffect[]) {
      for (const effect of effects) await performer.perform(effect);
    },
    /** All that was asked is answered now. */
    async answered() {
      move.resolve(UNREACHABLE);
      asked.renewal.resolve(NOT_RENEWED);
      asked.check.resolve([REFUSED]);
      await new Promise(setImmediate);
      return posted;
    },
  };
}

suite('what was begun when something is given up', (test) => {
  const begun: readonly AgentEffect[] = [
    { do: 'sendMove', request: savedMove() },
    { do: 'renewCertificate', link: link() },
    { do: 'checkLink', link: link() },
  ];
  const all = ['Unreachable', 'RenewalFailed', 'Refused'];

  test('nothing is given up: each answer is posted', async () => {
    const { did, answered } = performing();
    await did(...begun);
    assert.deepEqual(await answered(), all);
  });

  test('the exchange of a registration is: renewal and link are answered, or nobody would ask again', async () => {
    const { did, answered, signal } = performing();
    const before = signal();
    await did(...begun, { do: 'letSleep', timer: 'registration' });
    assert.ok(before.aborted && !signal().aborted);
    assert.deepEqual(await answered(), ['RenewalFailed', 'Refused']);
  });

  test('the link ends: what its account says of it is for no other', async () => {
    const { did, answered, signal } = performing();
    await did(...begun, { do: 'letSleep', timer: 'renewal' });
    assert.ok(!signal().aborted);
    assert.deepEqual(await answered(), ['Unreachable']);
  });

  test('stopped: nothing is posted', async () => {
    const { did, answered, performer } = performing();
    await did(...begun);
    await performer.stop();
    assert.deepEqual(await answered(), []);
  });
});
