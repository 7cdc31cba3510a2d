import { type Cancel, LED, type Ports, toBase64url, unreachable } from '@ewon-agent/contracts';
import type { AgentEffect, AgentEvent } from '../core/agent.ts';
import type { TimerName } from '../core/model.ts';
import type { CommandRunner } from './command-runner.ts';
import type { EventLog } from './event-log.ts';
import type { LinkSession } from './link-session.ts';
import type { Loader } from './loader.ts';
import type { Marker } from './marker.ts';
import type { Registrar } from './registrar.ts';

/** Carries out one effect at a time: what takes long is begun here, and its result is posted as an event. */
export type Performer = { perform(effect: AgentEffect): Promise<void>; stop(): Promise<void> };

type Parts = {
  readonly ports: Ports;
  readonly registrar: (signalOf: () => AbortSignal) => Registrar;
  readonly link: LinkSession;
  readonly commands: CommandRunner;
  readonly events: EventLog;
  readonly loader: Loader;
  readonly marker: Marker;
  readonly post: (event: AgentEvent) => void;
};

const REQUEST_ID_BYTES = 16;

export function createPerformer(parts: Parts): Performer {
  const { ports, link, commands, events, post } = parts;
  const timers = new Map<TimerName, Cancel>();
  let exchange = new AbortController();
  let linked = new AbortController();
  const registrar = parts.registrar(() => exchange.signal);

  /**
   * Begins something whose result comes back as an event. A rejection is a bug of ours and ends the process.
   * @param until gives it up; what comes of it then is dropped
   */
  function begin(work: Promise<AgentEvent | readonly AgentEvent[]>, until = exchange): void {
    const { signal } = until;
    void work.then((events) => {
      for (const event of [events].flat()) if (!signal.aborted) post(event);
    });
  }

  async function readCard({ slot, insertion }: AgentEffect & { do: 'readCard' }): Promise<AgentEvent> {
    const requestId = toBase64url(ports.random.bytes(REQUEST_ID_BYTES));
    const result = await ports.slots.read(slot, insertion);
    const names = result.ok ? result.value.otherFiles : [];
    const loaded = await parts.loader.load({ slot, insertion, names });
    return { on: 'CardRead', slot, insertion, result, requestId, ...(loaded && { loaded }) };
  }

  function firing(timer: TimerName): AgentEvent {
    return timer === 'renewal' ? { on: 'RenewalLook', nowMs: ports.clock.now() } : { on: 'TimerFired', timer };
  }

  function letSleep(timer: TimerName): void {
    timers.get(timer)?.();
    timers.delete(timer);
    if (timer === 'renewal') {
      linked.abort(); // with the link: what its account says of it is for no other
      linked = new AbortController();
    }
    if (timer !== 'registration') return;
    exchange.abort(); // a long poll for what is over must not hold the connection
    exchange = new AbortController();
  }

  return {
    async perform(effect) {
      switch (effect.do) {
        case 'readCard':
          void readCard(effect).then(post);
          return;
        case 'markCard':
          void parts.marker.mark(effect).then(post);
          return;
        case 'sendRequest':
          return begin(registrar.sendRequest(effect.request));
        case 'sendWizard':
          return begin(registrar.sendWizard(effect.request, effect.secret));
        case 'sendMove':
          return begin(registrar.sendMove(effect.request));
        case 'awaitDecision':
          return begin(registrar.awaitDecision(effect.location, effect.request));
        case 'sendUnlink':
          return begin(registrar.sendUnlink(effect.link));
        case 'checkLink':
          return begin(registrar.checkLink(effect.link), linked);
        case 'renewCertificate':
          return begin(registrar.renewCertificate(effect.link), linked);
        case 'openUplink':
          void link.open(effect.link, effect.attempt).then((event) => event && post(event));
          return;
        case 'closeUplink':
          return link.close();
        case 'announce':
          void link.announce(effect.link);
          return;
        case 'sendHealth':
          void link.sendHealth(effect.link);
          return;
        case 'tellCommand':
          void link.tellCommand(effect.link, effect.command);
          return;
        case 'clearCommand':
          void link.clearCommand(effect.link, effect.id);
          return;
        case 'executeCommand':
          return commands.execute(effect.command, effect.limitMs);
        case 'turnCommands':
          return commands.turn();
        case 'endCommand':
          return commands.end(effect.id, effect.result);
        case 'wake': {
          const { timer } = effect;
          timers.get(timer)?.();
          timers.set(
            timer,
            ports.clock.after(effect.afterMs, () => post(firing(timer))),
          );
          return;
        }
        case 'letSleep':
          return letSleep(effect.timer);
        case 'report':
          return events.report(effect.code, effect.detail);
        case 'withholdEvents':
          return events.withhold();
        case 'showLed':
          return ports.led.show(LED[effect.pattern]);
        default:
          return unreachable(effect);
      }
    },

    async stop() {
      exchange.abort();
      linked.abort();
      for (const cancel of timers.values()) cancel();
      timers.clear();
      commands.stop();
      await link.close();
    },
  };
}
