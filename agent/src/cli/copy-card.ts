import { type CardFiles, err, ok, T2M_JSON_MAX_BYTES, T2M_TXT_MAX_BYTES } from '@ewon-agent/contracts';
import type { YmodemSink } from '../adapters/ymodem-stream.ts';
import type { Transfer, Transferred } from './console/asks/copy.ts';
import { takeFiles } from './copy-line.ts';
import { JOINED, joinBy } from './register.ts';

/** By their names on a card, in any case. What an Ewon's own firmware takes from a card it takes from cards only. */
const TAKEN = {
  't2m.txt': { as: 't2mTxt', bytesMax: T2M_TXT_MAX_BYTES },
  't2m.json': { as: 't2mJson', bytesMax: T2M_JSON_MAX_BYTES },
} as const;
type Kept = { -readonly [K in 't2mTxt' | 't2mJson']?: Uint8Array };

/**
 * Takes the files of a card and does what a card with them would have caused. Nothing of them is kept.
 * Codes: YMODEM_*, CARD_NO_T2M, CARD_TOO_LARGE, and those of {@link joinBy}.
 */
export async function copyCard({ config, line, signal }: Transfer): Transferred {
  const kept: Kept = {};
  try {
    const settings = { bytesMax: T2M_JSON_MAX_BYTES, filesMax: Object.keys(TAKEN).length };
    const taken = await takeFiles({ line, signal }, settings, sinkInto(kept));
    if (!taken.ok) return taken;
    const files: CardFiles = { ...kept, otherFiles: [] };
    const joined = await joinBy(config, files, 'join');
    if (!joined.ok) return joined;
    const value = { files: taken.value, told: joined.value };
    return ok({ lines: [`Taken: ${taken.value.join(', ')}.`, JOINED.join[joined.value]], value });
  } finally {
    for (const bytes of Object.values(kept)) bytes.fill(0);
  }
}

function sinkInto(kept: Kept): YmodemSink {
  let pieces: Uint8Array[] = [];
  const forget = () => {
    for (const piece of pieces) piece.fill(0);
    pieces = [];
  };
  const placeOf = (name: string) => Object.entries(TAKEN).find(([known]) => known === name.toLowerCase())?.[1];
  return {
    async open({ name, sizeBytes }) {
      const place = placeOf(name);
      if (!place) return err('YMODEM_UNWANTED', name);
      return sizeBytes > place.bytesMax ? err('CARD_TOO_LARGE', `${name} is ${sizeBytes} bytes`) : ok(undefined);
    },
    async write(bytes) {
      pieces.push(Uint8Array.from(bytes));
      return ok(undefined);
    },
    async close({ name }) {
      const place = placeOf(name);
      if (place) kept[place.as] = Uint8Array.from(Buffer.concat(pieces));
      forget();
      return ok(undefined);
    },
    async discard() {
      forget();
    },
  };
}
