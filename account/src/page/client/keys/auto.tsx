import type { Told } from '../page.ts';
import { may, validKeys } from '../page-state.ts';
import { useFocusAfter } from '../parts.tsx';
import { TEXTS } from '../texts.ts';
import { AUTO as T } from '../texts-keys.ts';
import { DoorSwitch } from './door-switch.tsx';
import { ExportCard } from './export-card.tsx';
import { ImportKey } from './import-key.tsx';
import { isUsable } from './key-words.ts';
import { Keys } from './keys.tsx';
import { Pools } from './pools.tsx';

/** The account's door for new Ewons: whether it is open, where they go, the keys that open it, and cards that hold one. */
export function AutoRegistration({ told }: { readonly told: Told }) {
  const heading = useFocusAfter();
  const { lists } = told;
  const keys = validKeys(lists);
  const forCards = may(lists, 'keys.export') ? keys.filter((key) => isUsable(key, told.nowMs)) : [];
  const manages = may(lists, 'keys.manage');
  const done = (said: string, focus: 'stays' | 'heading') => {
    if (focus === 'heading') heading.focus(); // what was pressed is gone
    told.say(said);
    told.reload();
  };
  return (
    <section id="auto-registration" aria-labelledby="auto-title">
      <h2 id="auto-title" ref={heading.target} tabIndex={-1}>
        {TEXTS.auto.title}
      </h2>
      <div class="panel padded">
        <p class="quiet">{T.text}</p>
        <div class="halves">
          <div class="half">
            {manages && <DoorSwitch told={told} />}
            {(manages || may(lists, 'keys.export')) && <Keys told={told} keys={keys} onDone={done} />}
            {may(lists, 'pools') && <Pools told={told} onDone={done} />}
          </div>
          <div class="half">
            {forCards.length > 0 && <ExportCard told={told} keys={forCards} />}
            {manages && <ImportKey told={told} />}
          </div>
        </div>
      </div>
    </section>
  );
}
