import type { Grk } from './api-types.ts';
import { KeyRow } from './key-row.tsx';
import type { Told } from './page.ts';
import { TEXTS } from './texts.ts';

const T = TEXTS.auto;

/** The keys that are valid. */
export function Keys({ told, keys }: { readonly told: Told; readonly keys: readonly Grk[] }) {
  return (
    <>
      <h3>{T.key}</h3>
      <p class="quiet">{T.keyHint}</p>
      {keys.length === 0 && <p class="empty">{T.noKey}</p>}
      {keys.map((key) => (
        <KeyRow key={key.id} told={told} grk={key} />
      ))}
    </>
  );
}
