import {
  type AccountLinkPort,
  type Cancel,
  err,
  type Fault,
  type Millis,
  ok,
  type UplinkEvents,
  type UplinkPort,
  type UplinkSession,
} from '@ewon-agent/contracts';
import type { Powered } from './gates.ts';
import type { NetworkControl, NetworkState } from './network-sim.ts';

// Account and uplink, which a test brings along, put behind the power switch and the network of a board.

/** What lies between a program and the outside; a board has it. */
export type Way = Powered & {
  readonly network: NetworkControl;
  readonly clock: { after(delayMs: Millis, call: () => void): Cancel };
};

/** Puts the way to the account behind power and network. On a silent network a request runs into its own `timeoutMs`. */
export function gateAccountLink({ ports: { power }, network, clock }: Way, account: AccountLinkPort): AccountLinkPort {
  return {
    close: () => (power.on() ? account.close() : undefined),
    request: (request) =>
      power.call(
        'account.request',
        () =>
          new Promise((answer, fail) => {
            const giveUp = (why: string) => answer(err('ACCOUNT_UNREACHABLE', why));
            const late = clock.after(request.timeoutMs, () => giveUp(`no answer within ${request.timeoutMs} ms`));
            request.signal?.addEventListener('abort', () => giveUp('given up'));
            // what crosses a dead network does not arrive, also when the network comes back meanwhile
            let lost = network.state !== 'up';
            const met = (state: NetworkState) => {
              lost ||= state !== 'up';
              if (state === 'refused') giveUp('ENETUNREACH');
            };
            const unsubscribe = network.subscribe(met);
            met(network.state);
            if (request.signal?.aborted) return giveUp('given up');
            if (lost) return;
            account
              .request(request)
              .then((result) => !lost && answer(result), fail)
              .finally(() => {
                unsubscribe();
                if (!lost) late();
              });
          }),
      ),
  };
}

/**
 * Puts the uplink behind power and network. On a silent network nothing is sent, and a session is given up after
 * one and a half keepalives, as a broker and MQTT.js do; a network that is back by then carries it on.
 * @param lose breaks a session so that the broker publishes the will; without it the session is closed in good order
 */
export function gateUplink(
  { ports: { power }, network, clock }: Way,
  uplink: UplinkPort,
  lose: (session: UplinkSession) => void = (session) => void session.close(),
): UplinkPort {
  return {
    open: (target, events) =>
      power.call('uplink.open', async () => {
        if (network.state === 'silent') await new Promise<void>((late) => clock.after(target.connectTimeoutMs, late));
        if (network.state !== 'up') return err('UPLINK_UNREACHABLE', `the network is ${network.state}`);
        const line = createLine(network, (fault) => power.on() && events.closed(fault));
        const received: UplinkEvents['received'] = (topic, payload) => {
          // what a silent network swallows comes with the next session, if it was kept for that
          if (power.on() && network.state === 'up' && !line.isOver()) events.received(topic, payload);
        };
        const opened = await uplink.open(target, { closed: line.end, received });
        if (!opened.ok) {
          line.end();
          return opened;
        }
        const session = opened.value;
        const breakOff = (why: string) => {
          if (line.isOver()) return;
          lose(session);
          line.end({ code: 'UPLINK_UNREACHABLE', detail: why });
        };
        line.watch((state) => {
          if (state === 'refused') breakOff('ECONNRESET');
          if (state !== 'silent') return;
          clock.after(1.5 * target.keepaliveMs, () => network.state === 'silent' && breakOff('keepalive'));
        });
        power.whenCut(() => breakOff('the power is cut'));
        return ok({
          send: (message) =>
            power.call('uplink.send', async () => {
              await line.passable();
              return line.isOver() ? err('UPLINK_UNREACHABLE', 'the session ended') : session.send(message);
            }),
          close: () =>
            power.call('uplink.close', () => {
              line.end();
              return session.close();
            }),
        });
      }),
  };
}

/** One session's way through the network: whether it is over, and when something can pass. */
function createLine(network: NetworkControl, ended: (fault: Fault) => void) {
  let over = false;
  const waiting = new Set<() => void>();
  const wake = () => {
    for (const pass of waiting) pass();
    waiting.clear();
  };
  const subscriptions = [network.subscribe(wake)];
  return {
    isOver: () => over,
    watch: (tell: (state: NetworkState) => void) => void subscriptions.push(network.subscribe(tell)),
    /** Ends it once; with a fault when nobody of our side asked for it. */
    end(fault?: Fault) {
      if (over) return;
      over = true;
      for (const unsubscribe of subscriptions) unsubscribe();
      wake();
      if (fault) ended(fault);
    },
    async passable() {
      while (!over && network.state === 'silent') await new Promise<void>((pass) => waiting.add(pass));
    },
  };
}
