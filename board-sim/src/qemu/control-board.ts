import { stat } from 'node:fs/promises';
import { describeFault } from '@ewon-agent/contracts';
import type { QemuCommand } from '../core/qemu-command.ts';
import { readQemuCommand } from '../core/qemu-command.ts';
import type { QemuBoard } from './controls.ts';

/** What became of a line of the control. */
export type ControlAnswer = {
  readonly on: 'answer';
  readonly id?: number | undefined;
  readonly ok: boolean;
  readonly error?: string | undefined;
  /** What a shell command wrote. */
  readonly output?: string | undefined;
};

/** Does what one line of the control says; `stop` is left to the caller, who knows when all else is done. */
export async function controlBoard(
  board: QemuBoard,
  line: string,
): Promise<ControlAnswer & { readonly stop: boolean }> {
  const command = readQemuCommand(line);
  if (!command.ok) return { on: 'answer', ok: false, error: describeFault(command.fault), stop: false };
  const { id } = command.value;
  try {
    const output = await act(board, command.value);
    return { on: 'answer', id, ok: true, ...(output !== '' && { output }), stop: command.value.do === 'stop' };
  } catch (error) {
    return { on: 'answer', id, ok: false, error: error instanceof Error ? error.message : String(error), stop: false };
  }
}

async function act(board: QemuBoard, command: QemuCommand): Promise<string> {
  switch (command.do) {
    case 'insert':
      await stat(command.image); // a card that is not there cannot be put in
      if (command.slot === 'usb1')
        await board.slots.usb1.insert(command.image, { readOnly: command.readOnly ?? false });
      else if (command.readOnly) throw new Error('only a stick in usb1 can be write-protected');
      else await board.slots[command.slot].insert(command.image);
      return '';
    case 'remove':
      await board.slots[command.slot].remove();
      return '';
    case 'stall':
    case 'resume':
      board.slots[command.slot][command.do]();
      return '';
    case 'keyboard':
      await board.slots.usb1.plugKeyboard();
      return '';
    case 'network':
      await board.wan[command.state]();
      return '';
    case 'power':
      await board.power[command.state]();
      return '';
    case 'reboot':
      await board.reboot();
      return '';
    case 'clock':
      await board.clock.set(command.atMs);
      return '';
    case 'shell': {
      const { status, stdout, stderr } = await board.guest.run(command.command);
      return [stdout, stderr, status === 0 ? '' : `status ${status}\n`].join('');
    }
    case 'stop':
      return '';
  }
}
