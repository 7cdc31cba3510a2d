import { createSecureContext } from 'node:tls';
import { createFleetDevice, type FleetAccount, type FleetDevice } from './fleet-device.ts';

// All devices of a fleet in one process, which does what it is told over IPC and answers how long that took.

/** What the simulator is told; each is answered with {@link FleetAnswer}. */
export type FleetOrder =
  | { readonly do: 'make'; readonly account: FleetAccount; readonly count: number }
  | { readonly do: 'register' | 'fetchGrant' | 'connect' | 'close' }
  | { readonly do: 'tell'; readonly events: number };
export type FleetAnswer = { readonly ms: number } | { readonly failed: string };

/** So many devices do a step at a time: more would measure the queue in front of one process. */
const AT_A_TIME = 64;

const devices: FleetDevice[] = [];

async function each(step: (device: FleetDevice) => Promise<void>, atATime = AT_A_TIME): Promise<void> {
  const waiting = devices.values();
  const worker = async () => {
    for (const device of waiting) await step(device);
  };
  await Promise.all(Array.from({ length: atATime }, worker));
}

async function make(account: FleetAccount, count: number): Promise<void> {
  const context = createSecureContext({ ca: account.ca });
  for (let i = 0; i < count; i++) devices.push(await createFleetDevice(account, i, context));
}

async function carryOut(order: FleetOrder): Promise<void> {
  switch (order.do) {
    case 'make':
      return make(order.account, order.count);
    case 'register':
      return each((device) => device.register());
    case 'fetchGrant':
      return each((device) => device.fetchGrant());
    case 'connect':
      return each((device) => device.connect());
    case 'tell':
      return each((device) => device.tell(order.events), 500);
    case 'close':
      return each((device) => device.close());
  }
}

process.on('message', (order: FleetOrder) => {
  const from = performance.now();
  carryOut(order).then(
    () => process.send?.({ ms: performance.now() - from } satisfies FleetAnswer),
    (cause) => process.send?.({ failed: String(cause) } satisfies FleetAnswer),
  );
});
