import { assert, suite } from '@ewon-agent/contracts/testing';
import { createNetwork } from './network-sim.ts';

suite('simulated network', (test) => {
  test('every change is told once, until the subscription ends', () => {
    const network = createNetwork();
    const told: string[] = [];
    const end = network.subscribe((state) => told.push(state));
    network.up();
    network.down();
    network.down();
    network.down('silent');
    network.up();
    end();
    network.down();
    assert.deepEqual(told, ['refused', 'silent', 'up']);
    assert.equal(network.state, 'refused');
  });
});
