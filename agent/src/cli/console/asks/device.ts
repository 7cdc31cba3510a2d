import { ok } from '@ewon-agent/contracts';
import { streamControl } from '../../../adapters/control-socket.ts';
import type { DeviceOrderName } from '../../../core/console/commands/device.ts';
import { LED_SHOWN } from '../../../core/console/led-shown.ts';
import { controlPath } from '../../places.ts';
import { type Asks, worded } from '../asking.ts';

export const DEVICE_ASKS: Asks<DeviceOrderName> = {
  reboot: async (config) => {
    const { rebootBoard } = await import('../../device.ts');
    return worded(await rebootBoard(config), () => 'The board is being restarted.');
  },
  'test led': async ({ stateDir }, _, { signal, session }) => {
    const tell = (line: string) => session?.tell(`LED ${line}`);
    const begun = await streamControl(controlPath(stateDir), 'ledTest', tell, signal);
    if (!begun.ok) return begun;
    await begun.value.ended;
    return ok({ lines: [], value: { shown: LED_SHOWN } });
  },
  debug: async ({ stateDir }, [topic = '', minutes], { session }) => {
    if (!session) return ok({ lines: [], value: {} }); // nobody is there to be told
    const feed = new AbortController();
    const told = (line: string) => session.tell(`debug ${line}`);
    const order = { debug: topic, minutes: Number(minutes) };
    const begun = await streamControl(controlPath(stateDir), order, told, feed.signal);
    if (!begun.ok) return begun;
    session.feeds.get(topic)?.abort(); // once the new one is there
    session.feeds.set(topic, feed);
    void begun.value.ended.then(() => {
      if (session.feeds.get(topic) !== feed) return;
      session.feeds.delete(topic);
      if (!feed.signal.aborted) session.tell(`debug ${topic} has ended`);
    });
    return ok({ lines: [`For ${minutes} min; "no debug" ends it.`], value: { topic, minutes: Number(minutes) } });
  },
  'no debug': async (_, [topic], { session }) => {
    const ended = [...(session?.feeds.keys() ?? [])].filter((name) => topic === undefined || name === topic);
    for (const name of ended) {
      session?.feeds.get(name)?.abort();
      session?.feeds.delete(name);
    }
    return ok({ lines: ended.length > 0 ? [] : ['Nothing was shown.'], value: { ended } });
  },
};
