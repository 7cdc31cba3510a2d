import type { PatchBody } from '@ewon-agent/contracts';
import type { AccountFixture } from './account-fixture.ts';

let seq = 0;

/** What an Ewon tells of patches, unless a test says otherwise: it has read the newest list. */
const BODY = {
  agent: '1.4.1',
  repository: {
    ...{ root: 1, timestamp: 9e11, snapshot: 9e11, targets: 9e11 },
    ...{ expiresAt: '2026-03-02T12:00:00.000Z', refreshedAt: '2026-03-01T12:00:00.000Z' },
  },
};

/** An Ewon tells by `up/patch` how it stands with patches. */
export function tellsOfPatch(
  { broker, account, clock }: AccountFixture,
  deviceId: string,
  body: Pick<PatchBody, 'state'> & Record<string, unknown>,
): Promise<void> {
  return broker.send(`ewon/v1/${account.accountId}/${deviceId}/up/patch`, {
    ...{ v: 1, at: new Date(clock.now()).toISOString(), epoch: 'e_abcdefghijklmnopqrstuv', seq: ++seq },
    ...BODY,
    ...body,
  });
}
