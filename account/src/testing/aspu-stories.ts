import type { Patch } from '@ewon-agent/contracts';
import { assertOk } from '@ewon-agent/contracts/testing';
import type { AccountFixture } from './account-fixture.ts';
import { openAspuFixture } from './aspu-fixture.ts';
import { onAccount } from './stories.ts';

/** What the patch of a served repository is made of. */
export const PATCH_CONTENT = 'content of a patch';

/** A server with a published repository of one patch. */
export function onServed(
  story: (fixture: AccountFixture, aspu: ReturnType<typeof openAspuFixture>, patch: Patch) => Promise<void>,
  options?: Parameters<typeof onAccount>[1],
): () => Promise<void> {
  return onAccount(async (fixture) => {
    const aspu = openAspuFixture(fixture);
    try {
      const stick = aspu.init();
      const patch = await aspu.add(`${'p'.repeat(57)}.tar.gz`, PATCH_CONTENT);
      assertOk(aspu.sign(aspu.keyFiles(stick, 'targets')));
      assertOk(aspu.publish());
      await story(fixture, aspu, patch);
    } finally {
      aspu.close();
    }
  }, options);
}

/** The policy that a device was sent last. */
export function lastPolicy({ broker }: AccountFixture): Record<string, unknown> {
  const sent = broker.sent.findLast(({ topic }) => topic.endsWith('/policy'));
  const { signed } = JSON.parse(String(sent?.payload));
  return JSON.parse(Buffer.from(signed.payload, 'base64url').toString());
}
