import { ackTopicFor, commandIdFrom, commandTopicFor, policyTopicFor, toUtf8 } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import type { AgentEvent } from '../core/agent.ts';
import { ACCOUNT, DEVICE, OTHER_DEVICE } from '../testing/fixtures.ts';
import { createDownRouter } from './down-router.ts';
import type { Sender } from './sender.ts';

const address = { accountId: ACCOUNT, deviceId: DEVICE };
const id = commandIdFrom(new Uint8Array(17).fill(5));

function routed(topic: string, payload: string): readonly string[] {
  const did: string[] = [];
  const sender: Pick<Sender, 'acknowledged'> = { acknowledged: () => void did.push('acknowledged') };
  const post = (event: AgentEvent) => void did.push(event.on);
  const log = { write: (level: string) => void did.push(level) };
  createDownRouter({ post, log, nowMs: () => 1 })(address, topic, toUtf8(payload), { sender });
  return did;
}

suite('what the account sends', (test) => {
  const other = { ...address, deviceId: OTHER_DEVICE };
  const TABLE: readonly (readonly [string, string, string, readonly string[]])[] = [
    ['an acknowledgement', ackTopicFor(address), '{"v":1,"epoch":"e","ranges":[[1,2]]}', ['acknowledged']],
    ['an acknowledgement that is none', ackTopicFor(address), '{', ['warn']],
    ['a policy', policyTopicFor(address), '{}', ['PolicyReceived']],
    ['a policy that was taken away', policyTopicFor(address), '', []],
    ['a command', commandTopicFor(address, id), '{}', ['CommandReceived']],
    ['a command that was taken away', commandTopicFor(address, id), '', ['CommandCleared']],
    ['a command of another Ewon', commandTopicFor(other, id), '{}', []],
    ['something of a newer account', `${policyTopicFor(address)}2`, '{}', []],
  ];
  for (const [what, topic, payload, wanted] of TABLE)
    test(`${what}: ${wanted.join() || 'nothing'}`, () => assert.deepEqual(routed(topic, payload), wanted));
});
