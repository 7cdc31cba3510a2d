import { assert } from '@ewon-agent/contracts/testing';
import type { DeviceAnswer } from './device-client.ts';

/** Expects a problem document with this code, and a fresh nonce beside it. */
export function refused(answer: DeviceAnswer, status: number, code: string): void {
  assert.deepEqual([answer.status, answer.json['code']], [status, code], JSON.stringify(answer.json));
  assert.match(String(answer.headers['content-type']), /^application\/problem\+json/);
  assert.ok(answer.headers['replay-nonce'], 'every answer carries a nonce');
}
