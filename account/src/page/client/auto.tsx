import { DoorSwitch } from './door-switch.tsx';
import { ExportCard } from './export-card.tsx';
import { ImportKey } from './import-key.tsx';
import { Keys } from './keys.tsx';
import type { Told } from './page.ts';
import { may, validKeys } from './page-state.ts';
import { Pools } from './pools.tsx';
import { TEXTS } from './texts.ts';

const T = TEXTS.auto;

/** The account's door for new Ewons: whether it is open, where they go, the key that opens it, and cards that hold it. */
export function AutoRegistration({ told }: { readonly told: Told }) {
  const keys = validKeys(told.lists);
  const manages = may(told.lists, 'keys.manage');
  return (
    <section id="auto-registration" aria-labelledby="auto-title">
      <h2 id="auto-title">{T.title}</h2>
      <div class="panel padded">
        <p class="quiet">{T.text}</p>
        <div class="halves">
          <div class="half">
            {manages && <DoorSwitch told={told} />}
            <Keys told={told} keys={keys} />
            {may(told.lists, 'pools') && <Pools told={told} />}
          </div>
          <div class="half">
            {keys.length > 0 && <ExportCard told={told} keys={keys} />}
            {manages && <ImportKey told={told} />}
          </div>
        </div>
      </div>
    </section>
  );
}
