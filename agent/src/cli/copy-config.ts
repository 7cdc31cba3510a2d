import { err, ok } from '@ewon-agent/contracts';
import type { YmodemSink } from '../adapters/ymodem-stream.ts';
import { readLayers } from '../config/read-config.ts';
import { settingsOf } from '../core/settings/settings.ts';
import { SETTING_KEYS } from '../core/settings/settings-keys.ts';
import { laid, settingsIn } from '../core/settings/settings-laid.ts';
import { CANDIDATE_MAX, loadCandidate } from './config.ts';
import type { Transfer, Transferred } from './console/asks/copy.ts';
import { sendBytes, takeFiles } from './copy-line.ts';
import { DEFAULT_CONFIG } from './places.ts';

const SENT_AS = 'ewon-config.json';

/** Takes a file of the form of config.json as the candidate of the configuration. Codes: YMODEM_*, and those of {@link loadCandidate}. */
export async function takeConfig({ config, line, signal, person }: Transfer): Transferred {
  const pieces: Uint8Array[] = [];
  const sink: YmodemSink = {
    open: async ({ name }) => (name.toLowerCase().endsWith('.json') ? ok(undefined) : err('YMODEM_UNWANTED', name)),
    async write(bytes) {
      pieces.push(Uint8Array.from(bytes));
      return ok(undefined);
    },
    close: async () => ok(undefined),
    async discard() {},
  };
  const taken = await takeFiles({ line, signal }, { bytesMax: CANDIDATE_MAX, filesMax: 1 }, sink);
  if (!taken.ok) return taken;
  const loaded = loadCandidate(config, person.name, Buffer.concat(pieces).toString());
  if (!loaded.ok) return loaded;
  const lines = [
    `Taken: ${taken.value.join()}. It is the candidate now.`,
    'See "configure", "show changes", "commit".',
  ];
  return ok({ lines, value: { files: taken.value, settings: loaded.value } });
}

/**
 * Sends what of the configuration can be set at the console, as it is now: no password and no path is among that. Another Ewon takes it as it is.
 * Codes: YMODEM_*, CONFIG_INVALID.
 */
export async function sendConfig({ config, line, signal }: Transfer): Transferred {
  const layers = readLayers(config.origin ?? DEFAULT_CONFIG);
  if (!layers.ok) return layers;
  const { file, saved, fault } = layers.value;
  const runs = laid(file, saved && !fault ? settingsOf(saved) : {}).config;
  const { settings } = settingsIn(runs, SETTING_KEYS);
  const text = `${JSON.stringify(laid({}, settings).config, null, 2)}\n`;
  const sent = await sendBytes({ line, signal }, SENT_AS, Buffer.from(text));
  return sent.ok ? ok({ lines: [`Sent ${SENT_AS}, ${text.length} bytes.`], value: settings }) : sent;
}
