import { assert } from '@ewon-agent/contracts/testing';
import { type AccountFixture, openAccountFixture } from './account-fixture.ts';
import type { TestDevice } from './device-client.ts';

/** Runs a story on an account of its own. */
export function onAccount(
  story: (fixture: AccountFixture) => Promise<void>,
  options?: Parameters<typeof openAccountFixture>[0],
): () => Promise<void> {
  return async () => {
    const fixture = await openAccountFixture(options);
    try {
      await story(fixture);
    } finally {
      await fixture.close();
    }
  };
}

/** Registers a device with the account's first key. @returns its Location */
export async function pending(fixture: AccountFixture, device: TestDevice): Promise<string> {
  const answer = await device.register(await device.request(await fixture.grk()));
  assert.equal(answer.status, 202, JSON.stringify(answer.json));
  return answer.headers['location'] ?? '';
}

/** Registers a device and approves it. */
export async function linked(fixture: AccountFixture, device: TestDevice, properties: object = {}) {
  const location = await pending(fixture, device);
  const done = await fixture.admin('POST', `registrations/${await fixture.pendingId()}/approve`, properties);
  assert.equal(done.status, 200, done.text);
  return { location, deviceId: String(done.json.deviceId) };
}
