import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { rawLine } from '../../../core/raw-line.ts';
import type { Told } from '../page.ts';
import { Field, ProblemNotice, useFocusAfter } from '../parts.tsx';
import { PhoneSort } from '../phone-sort.tsx';
import { pressed } from '../sorting.ts';
import { TEXTS } from '../texts.ts';
import { LOG_TEXTS as T } from '../texts-log.ts';
import { ALWAYS, COLUMNS, chosenColumns, keepColumns, SORTS } from './columns.ts';
import { Filters } from './filters.tsx';
import { LogTable } from './log-table.tsx';
import { isStopped } from './pages.ts';
import { ALL, filtersOf, isFiltered, NEWEST_FIRST } from './query.ts';
import { Retention } from './retention.tsx';
import { type Shown, useLog } from './use-log.ts';

/** Nearer to the edge than this, somebody reads what is newest. */
const AT_EDGE_PX = 24;

/** What happened in the account, page by page: as a table that is sorted and filtered, or raw; both can be saved as a file. */
export function Log({ told }: { readonly told: Told }) {
  const [form, setForm] = useState<'detailed' | 'raw'>('detailed');
  const [query, setQuery] = useState(ALL);
  const [order, setOrder] = useState(NEWEST_FIRST);
  const [columns, setColumns] = useState(() => chosenColumns(localStorage));
  const [cleared, setCleared] = useState(0);
  const heading = useFocusAfter();
  const box = useRef<HTMLElement>(null);
  const isRaw = form === 'raw';
  const isScrolled = () => {
    const { scrollTop = 0, scrollHeight = 0, clientHeight = 0 } = box.current ?? {};
    return (isRaw ? scrollHeight - clientHeight - scrollTop : scrollTop) > AT_EDGE_PX;
  };
  const log = useLog(told, query, isRaw ? NEWEST_FIRST : order, isScrolled);
  const { shown, held, progress } = log;
  const toNewest = () => box.current?.scrollTo({ top: isRaw ? box.current.scrollHeight : 0, behavior: 'instant' });
  // another page, or the raw form of it, is read from its newest line on
  useLayoutEffect(toNewest, [shown?.key, shown?.turned, form]);
  // raw, new lines come at the end: who reads there goes along with them
  const isAtNewest = useRef(true);
  useLayoutEffect(() => {
    if (isRaw && isAtNewest.current) toNewest();
  }, [shown]);
  const noteEdge = () => {
    isAtNewest.current = !isScrolled();
  };
  const showHeld = () => {
    log.showHeld();
    box.current?.focus({ preventScroll: true });
    requestAnimationFrame(toNewest);
  };
  const clear = () => {
    setQuery(ALL);
    setCleared(cleared + 1);
    heading.focus();
  };
  const { pointedOut } = told;
  useEffect(() => {
    if (pointedOut?.at !== 'log') return;
    setQuery({ ...ALL, ewon: pointedOut.deviceId });
    setCleared((before) => before + 1);
    heading.focus();
  }, [pointedOut]);
  const turned = (turn: () => unknown) => () => {
    turn();
    box.current?.focus({ preventScroll: true });
  };
  const link = (format: 'csv' | 'text', label: string) => {
    const asked = filtersOf(query);
    asked.set('format', format);
    if (format === 'csv') asked.set('bom', '1');
    const file = `ewon-log.${format === 'csv' ? 'csv' : 'txt'}`;
    return (
      <a href={`/api/v1/log/export?${asked}`} download={file} onClick={() => told.say(T.exporting)}>
        {label}
      </a>
    );
  };
  const isByTime = shown?.order.sort === 'time';
  const isNewestFirst = isByTime && shown?.order.order === 'down';
  const back = log.isTurned && (isNewestFirst ? T.newer : T.previous);
  const on = shown && shown.read.next !== null && !isStopped(shown.read) && (isNewestFirst ? T.older : T.next);
  return (
    <section id="log" aria-labelledby="log-title">
      <h2 id="log-title" ref={heading.target} tabIndex={-1}>
        {TEXTS.log.title}
      </h2>
      <div class="line">
        <Field label={T.form}>
          {(id) => (
            <select
              id={id}
              value={form}
              onChange={(event) => setForm(event.currentTarget.value === 'raw' ? 'raw' : 'detailed')}
            >
              <option value="detailed">{T.detailed}</option>
              <option value="raw">{T.raw}</option>
            </select>
          )}
        </Field>
        <span class="links">
          {link('csv', T.exportCsv)} {link('text', T.exportText)}
        </span>
      </div>
      <Filters
        key={cleared}
        told={told}
        query={query}
        ewonName={pointedOut?.at === 'log' && pointedOut.deviceId === query.ewon ? pointedOut.name : ''}
        onChange={(change) => setQuery((before) => ({ ...before, ...change }))}
      />
      {!isRaw && (
        <PhoneSort
          sorting={order}
          columns={sortsOf(columns)}
          onSort={(next) => setOrder(next.sort === 'time' && order.sort !== 'time' ? NEWEST_FIRST : next)}
        />
      )}
      {isRaw ? <p class="quiet">{T.rawText}</p> : <ColumnChoice columns={columns} onChange={setColumns} />}
      <ProblemNotice problem={log.problem} />
      <div class="line">
        <p class="unseen" role="status">
          {shown && progress === undefined && T.found(shown.found)}
        </p>
        <p class="quiet">
          {shown && progress === undefined && shown.read.lines.length > 0 && T.shown(shown.read.lines.length)}
          {shown && isStopped(shown.read) && !progress && ` ${T.looked(shown.read.looked)}`}
        </p>
        {held && (
          <button type="button" class="primary" onClick={showHeld}>
            {T.fresh(held.count, held.isMore)}
          </button>
        )}
        {isFiltered(query) && shown?.read.lines.length !== 0 && (
          <button type="button" onClick={clear}>
            {T.clear}
          </button>
        )}
      </div>
      {progress && (
        <div class="line panel padded">
          <progress aria-label={T.searching} />
          <span>{T.looking(progress.looked, progress.lines.length)}</span>
          <button
            type="button"
            onClick={() => {
              log.stop();
              heading.focus();
            }}
          >
            {T.stop}
          </button>
        </div>
      )}
      {shown && shown.read.lines.length === 0 && !progress && (
        <div class="empty">
          <p>{isStopped(shown.read) ? T.noneYet : isFiltered(query) ? T.none : T.empty}</p>
          {isFiltered(query) && (
            <button type="button" onClick={clear}>
              {T.clear}
            </button>
          )}
        </div>
      )}
      {shown && shown.read.lines.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, which the keyboard must be able to do
        <section ref={box} class="panel lines" tabIndex={0} aria-label={T.lines} onScroll={noteEdge}>
          {isRaw ? (
            <Raw shown={shown} />
          ) : (
            <LogTable
              lines={shown.read.lines}
              columns={columns}
              order={shown.order}
              onSort={(sort) => setOrder(pressed(order, sort))}
            />
          )}
        </section>
      )}
      <div class="buttons">
        {shown && isStopped(shown.read) && !progress && (
          <button
            type="button"
            class="primary"
            onClick={() => {
              log.goOn();
              heading.focus();
            }}
          >
            {T.goOn}
          </button>
        )}
        {log.isTurned && isNewestFirst && (
          <button type="button" onClick={turned(log.newest)}>
            {T.newest}
          </button>
        )}
        {back && (
          <button type="button" onClick={turned(log.newer)}>
            {back}
          </button>
        )}
        {on && (
          <button type="button" onClick={turned(log.older)}>
            {on}
          </button>
        )}
      </div>
      {shown && !isByTime && <p class="quiet">{T.sortedPart}</p>}
      <Retention told={told} />
    </section>
  );
}

/** Oldest first, as the file has it. */
function Raw({ shown: { read, order } }: { readonly shown: Shown }) {
  const lines = order.order === 'down' ? read.lines.toReversed() : read.lines;
  return <pre>{lines.map(rawLine).join('\n')}</pre>;
}

/** The columns that are shown and can be sorted by. */
function sortsOf(columns: ReturnType<typeof chosenColumns>) {
  return columns.flatMap((column) => {
    const sort = SORTS[column];
    return sort === undefined ? [] : [[sort, T.column[column]] as const];
  });
}

function ColumnChoice(props: {
  readonly columns: ReturnType<typeof chosenColumns>;
  readonly onChange: (columns: ReturnType<typeof chosenColumns>) => void;
}) {
  return (
    <details>
      <summary>{T.columns}</summary>
      {COLUMNS.filter((column) => !ALWAYS.includes(column)).map((column) => (
        <label key={column} class="tick">
          <input
            type="checkbox"
            checked={props.columns.includes(column)}
            onChange={(event) => {
              const isShown = event.currentTarget.checked;
              const next = COLUMNS.filter((one) => (one === column ? isShown : props.columns.includes(one)));
              keepColumns(localStorage, next);
              props.onChange(next);
            }}
          />{' '}
          {T.column[column]}
        </label>
      ))}
    </details>
  );
}
