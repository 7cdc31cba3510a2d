import { err, ok, type Result } from '@ewon-agent/contracts';
import type { ByteLine } from '../../../adapters/ymodem-stream.ts';
import type { AgentConfig } from '../../../config/schema.ts';
import type { CopyOrderName, ToDevice } from '../../../core/console/commands/copy.ts';
import type { Person } from '../../../core/console/tree.ts';
import type { Ask, Asks } from '../asking.ts';

/** A transfer with what it needs. */
export type Transfer = {
  readonly config: AgentConfig;
  readonly line: ByteLine;
  readonly signal: AbortSignal;
  readonly person: Person;
};
/** What came of it, in words. */
export type Transferred = Promise<Result<{ readonly lines: readonly string[]; readonly value: unknown }>>;

/** One for each thing that can be sent to the device. What it takes is loaded when it is sent. */
const TO_DEVICE: Readonly<Record<ToDevice, (transfer: Transfer) => Transferred>> = {
  card: async (transfer) => (await import('../../copy-card.ts')).copyCard(transfer),
  config: async (transfer) => (await import('../../copy-config.ts')).takeConfig(transfer),
  patch: async (transfer) => (await import('../../copy-patch.ts')).copyPatch(transfer),
};

const transferring =
  (carry: (transfer: Transfer) => Transferred): Ask =>
  async (config, _, { bytes, signal, person }) => {
    if (!bytes) return err('USAGE', 'a file needs a line of its own');
    const typed = watchInterrupt(bytes);
    try {
      return await carry({ config, line: bytes, signal: AbortSignal.any([signal, typed.signal]), person });
    } finally {
      typed.stop();
    }
  };

export const COPY_ASKS: Asks<CopyOrderName> = {
  'copy ymodem: card': transferring(TO_DEVICE.card),
  'copy ymodem: config': transferring(TO_DEVICE.config),
  'copy ymodem: patch': transferring(TO_DEVICE.patch),
  'copy config ymodem:': transferring(async (transfer) => (await import('../../copy-config.ts')).sendConfig(transfer)),
  'copy diag ymodem:': transferring(async ({ config, line, signal }) => {
    const [{ diagnose }, { sendBytes }] = await Promise.all([import('../../diag.ts'), import('../../copy-line.ts')]);
    const text = `${JSON.stringify(await diagnose(config), null, 2)}\n`;
    const sent = await sendBytes({ line, signal }, 'ewon-diag.json', Buffer.from(text));
    return sent.ok
      ? ok({ lines: [`Sent ewon-diag.json, ${text.length} bytes.`], value: { sizeBytes: text.length } })
      : sent;
  }),
};

/** `^C` of a person who has not begun to send; a byte among others is a file's. */
function watchInterrupt({ input }: ByteLine): { readonly signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  const heard = (bytes: Uint8Array) => {
    if (bytes.length === 1 && bytes[0] === ETX) controller.abort();
    else input.off('data', heard); // something else speaks there
  };
  input.on('data', heard);
  return { signal: controller.signal, stop: () => void input.off('data', heard) };
}

const ETX = 3;
