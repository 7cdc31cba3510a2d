import { err, ok, unreachable } from '@ewon-agent/contracts';
import type { ControlAnswer, ControlOrder, ControlStream } from '../adapters/control-socket.ts';
import { DEBUG_MINUTES, isDebugTopic } from '../core/console/debug.ts';
import type { ConsoleFeed } from '../shell/console-feed.ts';
import type { LedTest } from '../shell/led-test.ts';
import type { Agent } from '../wiring.ts';
import type { HealthAnswer } from './health.ts';

/** What of this process the orders concern, beside the agent. */
type Beside = { readonly decided: () => null; readonly settingsChanged: () => unknown };

/** Answers what other processes of the same user, and consoles of this one, ask over the control socket. */
export function answerOrders(agent: Agent, beside: Beside): ControlAnswer {
  return async (order) => (typeof order === 'object' ? answerGiven(agent, order) : answerWord(agent, order, beside));
}

function answerGiven(agent: Agent, order: Exclude<ControlOrder, string>): unknown {
  if ('wizard' in order) return agent.wizard(order.wizard);
  if ('register' in order) return agent.register(order.register);
  if ('defer' in order) return agent.deferPatch(order.defer);
  return agent.move(order.move).then(() => agent.status());
}

function answerWord(agent: Agent, order: Extract<ControlOrder, string>, { decided, settingsChanged }: Beside): unknown {
  switch (order) {
    case 'status':
      return agent.status();
    case 'forget':
      return forget(agent);
    case 'policy':
      return agent.policy();
    case 'health':
      return healthOf(agent);
    case 'wan':
      return agent.wan() ?? null;
    case 'drill':
      return agent.drillWan();
    case 'location':
      return agent.location() ?? null;
    case 'patch':
      return agent.patch() ?? null;
    case 'patchLook':
      return agent.lookForPatches();
    case 'patchConfirm':
      return agent.confirmPatch();
    case 'patchInstall':
      return agent.installPatch();
    case 'reboot':
      return agent.reboot();
    case 'decide':
      return decided();
    case 'settings':
      return settingsChanged();
    default:
      return unreachable(order);
  }
}

/** Answers by lines: what the agent logs about a topic, and the patterns of the LED. */
export function streamOrders(feed: ConsoleFeed, ledTest: LedTest): ControlStream {
  return (order, out) => {
    if (order === 'ledTest') return ok(ledTest.start(out.write, out.end));
    const { debug: topic, minutes } = order;
    const isAllowed = minutes >= DEBUG_MINUTES.min && minutes <= DEBUG_MINUTES.max;
    if (!isDebugTopic(topic) || !isAllowed) return err('USAGE', 'unknown topic or time');
    return ok(feed.subscribe(topic, minutes, out.write, { isFull: out.isFull, ended: out.end }));
  };
}

async function forget(agent: Agent): Promise<unknown> {
  if (agent.status().registration.state === 'unregistered') throw Object.assign(new Error(''), { code: 'NOT_LINKED' });
  await agent.forget();
  return agent.status();
}

function healthOf(agent: Agent): HealthAnswer {
  const rssBytes = process.memoryUsage.rss();
  const own = { ...agent.health(), rssBytes, uptimeMs: Math.round(process.uptime() * 1000) };
  return { status: agent.status(), own, wan: agent.wan() ?? null };
}
