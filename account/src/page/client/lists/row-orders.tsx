import type { TargetedSubmitEvent } from 'preact';
import type { EwonRow } from '../api-types.ts';
import type { Told } from '../page.ts';
import { may } from '../page-state.ts';
import { Dialog, DialogButtons, useAsking } from '../parts.tsx';
import { TEXTS } from '../texts.ts';
import { LISTS as T } from '../texts-lists.ts';
import { clockTime, harmless } from '../words.ts';
import { listApi } from './list-api.ts';

/** What a person may order of one Ewon, each after a question. */
export type RowOrder = 'remove' | 'renew' | 'release' | 'undo';
/** What a row asks of the list. */
export type RowWish = RowOrder | 'edit' | 'details';

/** The buttons of a row: what may be done with this Ewon, as it stands, by this person. */
export function RowButtons(props: {
  readonly told: Told;
  readonly ewon: EwonRow;
  readonly onWish: (wish: RowWish) => void;
}) {
  const { told, ewon, onWish } = props;
  const { lists } = told;
  const isLinked = ewon.link === 'linked';
  const isLocated = ewon.location !== undefined && lists.policy.geolocation;
  const button = (label: string, onClick: () => void, look = 'quiet-button') => (
    <button type="button" class={look} onClick={onClick}>
      {label}
      <span class="unseen">{TEXTS.pending.of(ewon.name)}</span>
    </button>
  );
  return (
    <div class="row-buttons">
      {may(lists, 'ewons.edit') && isLinked && ewon.renewalAskedAt && button(T.renew, () => onWish('renew'), '')}
      {may(lists, 'ewons.edit') && isLinked && ewon.quarantinedAt && button(T.release, () => onWish('release'), '')}
      {button(T.details, () => onWish('details'))}
      {may(lists, 'ewons.edit') && button(T.edit, () => onWish('edit'))}
      {isLocated && button(T.onMap, () => told.pointOut({ at: 'map', ...ewon }))}
      {may(lists, 'registrations.decide') && ewon.undoUntil && button(T.undo, () => onWish('undo'))}
      {may(lists, 'ewons.forget') && button(T.remove, () => onWish('remove'), 'danger quiet-button')}
    </div>
  );
}

/** Asks before one Ewon is ordered something, and says what that does. */
export function OrderDialog(props: {
  readonly told: Told;
  readonly ewon: EwonRow;
  readonly order: RowOrder;
  readonly onClose: () => void;
  readonly onDone: (said: string) => void;
}) {
  const { told, ewon, order, onClose, onDone } = props;
  const ask = useAsking();
  const name = harmless(ewon.name);
  const texts = textsOf(order, ewon);
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    void ask.run(
      () => listApi(told.api)[order](ewon.deviceId),
      () => onDone(texts.done(name)),
    );
  };
  return (
    <Dialog title={texts.title(name)} onClose={onClose}>
      <form onSubmit={submit}>
        <p>{texts.text}</p>
        <DialogButtons label={texts.button} ask={ask} {...(order === 'remove' && { danger: true })} />
      </form>
    </Dialog>
  );
}

function textsOf(order: RowOrder, { serial, undoUntil }: EwonRow) {
  if (order === 'remove') return { ...T.removing, text: T.removing.text(harmless(serial)) };
  if (order === 'undo') return { ...T.undoing, text: T.undoing.text(clockTime(undoUntil ?? '')) };
  return order === 'renew' ? T.renewing : T.releasing;
}
