import { useLayoutEffect, useRef } from 'preact/hooks';
import { TEXTS } from '../texts.ts';
import { BULK } from '../texts-decide.ts';
import type { Bulk } from '../use-bulk.ts';

/** The last row of a dialog about many: do it, then stop it, then close. The focus goes along. */
export function BulkButtons(props: {
  readonly bulk: Bulk;
  readonly label: string;
  readonly danger?: true;
  readonly impossible?: boolean;
  readonly onStop: () => void;
}) {
  const { at } = props.bulk;
  const row = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    // the button that was pressed is gone
    if (at !== 'idle') row.current?.querySelector('button')?.focus();
  }, [at]);
  const close = (label: string) => (
    <button type="button" key="close" onClick={(event) => event.currentTarget.closest('dialog')?.close()}>
      {label}
    </button>
  );
  return (
    <div class="buttons end" ref={row}>
      {at === 'idle' && close(TEXTS.cancel)}
      {at === 'idle' && (
        <button type="submit" key="do" class={props.danger ? 'danger' : 'primary'} disabled={props.impossible}>
          {props.label}
        </button>
      )}
      {at === 'running' && (
        <button type="button" key="stop" onClick={props.onStop}>
          {BULK.stop}
        </button>
      )}
      {(at === 'stopped' || at === 'ended') && close(BULK.close)}
    </div>
  );
}
