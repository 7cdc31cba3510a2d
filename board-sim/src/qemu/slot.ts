import { SECOND_MS } from '@ewon-agent/contracts';
import type { QemuSlot } from '../core/qemu-command.ts';
import type { QemuBoard, StickOptions, UsbPortControl } from './controls.ts';
import { type Medium, openMedium } from './medium.ts';
import type { NbdServer } from './nbd-server.ts';
import type { Qmp } from './qmp.ts';
import type { SlotHardware } from './slot-hardware.ts';

/** A slot as the board has it: what a hand can do, and what the board does when its power comes and goes. */
export type Slot = UsbPortControl & {
  /** The machine has been started and waits: it finds in the slot what is in it. */
  powerOn(qmp: Qmp): Promise<void>;
  powerOff(): void;
  close(): Promise<void>;
};

type World = {
  readonly nbd: NbdServer;
  readonly run: QemuBoard['guest']['run'];
  complain(what: string): void;
};
/** What is in the slot: a medium, a keyboard, or both behind a hub. */
type Content = { readonly medium?: Medium; readonly node?: string; readonly keyboard: boolean };

/** A tenth of a second on a board that has nothing else to do. */
const LET_GO_MS = 20 * SECOND_MS;

/** Makes an empty slot. What is in it stays when the power goes. */
export function createSlot(name: QemuSlot, hardware: SlotHardware, { nbd, run, complain }: World): Slot {
  let content: Content | undefined;
  let qmp: Qmp | undefined;
  let last: Medium | undefined;
  let media = 0;
  let letGo: Promise<unknown> = Promise.resolve();
  let done: Promise<unknown> = Promise.resolve(); // one hand: what it does comes in order

  const inOrder = <T>(act: () => Promise<T>): Promise<T> => {
    const acted = done.then(act);
    done = acted.catch(() => {}); // whoever asked for it is told
    return acted;
  };
  const plug = async (to: Qmp, { medium, node, keyboard }: Content): Promise<void> => {
    if (medium && node) {
      const server = { type: 'unix', path: nbd.socketPath };
      const readOnly = { 'read-only': medium.readOnly };
      await to.execute('blockdev-add', { driver: 'nbd', 'node-name': node, server, export: node, ...readOnly });
    }
    const plugIn = () => hardware.plug(to, { node, keyboard });
    await (medium ? medium.whilePlugging(plugIn) : plugIn());
  };
  const pull = async (): Promise<void> => {
    if (!content) return;
    const { medium, node, keyboard } = content;
    content = undefined;
    await medium?.close(); // answers what is asked of it, or QEMU would wait for that with everything else
    if (qmp) {
      await hardware.pull(qmp, { node, keyboard });
      if (hardware.hasLetGo) letGo = run(hardware.hasLetGo, LET_GO_MS).catch(() => {}); // a board without power holds nothing
      if (node) await qmp.execute('blockdev-del', { 'node-name': node });
    }
    if (node) nbd.unexport(node);
  };
  const put = async (next: Content): Promise<void> => {
    await pull();
    await letGo;
    if (next.medium && next.node) nbd.export(next.node, next.medium);
    content = next;
    last = next.medium;
    if (qmp) await plug(qmp, next);
  };
  const open = (imagePath: string, options: StickOptions) => {
    const pulled = () => void inOrder(pull).catch((error: unknown) => complain(`${name}: ${String(error)}`));
    return openMedium(imagePath, options, { kind: name === 'sd0' ? 'sd' : 'usb', pulled });
  };
  const insert = (imagePath: string, options: StickOptions = {}) =>
    inOrder(async () => put({ medium: await open(imagePath, options), node: `${name}-${++media}`, keyboard: false }));

  return {
    insert,
    replace: insert,
    remove: () => inOrder(pull),
    plugKeyboard: (disguise) =>
      inOrder(async () => {
        if (!disguise) return put({ keyboard: true });
        return put({ medium: await open(disguise.stickImage, {}), node: `${name}-${++media}`, keyboard: true });
      }),
    stall: () => content?.medium?.stall(),
    resume: () => content?.medium?.resume(),
    get reads() {
      return last?.reads ?? [];
    },
    get medium() {
      return content?.medium?.imagePath;
    },
    powerOn: (to) =>
      inOrder(async () => {
        qmp = to;
        if (content) await plug(to, content);
      }),
    powerOff() {
      qmp = undefined;
    },
    close: () =>
      inOrder(async () => {
        qmp = undefined;
        await pull();
      }),
  };
}
