import { useEffect, useRef, useState } from 'preact/hooks';
import type { Ewon, Problem } from '../api-types.ts';
import type { Told } from '../page.ts';
import { may } from '../page-state.ts';
import { Ago, Field, ProblemNotice, Untrusted, useFocusAfter } from '../parts.tsx';
import { TEXTS } from '../texts.ts';
import { LISTS as T } from '../texts-lists.ts';
import { harmless } from '../words.ts';
import { BulkBar } from './bulk-bar.tsx';
import { COLUMNS, type Column, chosenColumns, keepColumns } from './columns.ts';
import { EditDialog, ImportDialog } from './dialogs.tsx';
import { type EwonPage, listApi } from './list-api.ts';

type Query = { readonly search: string; readonly pool: string; readonly status: string; readonly alarm: string };
type Order = { readonly sort: Column; readonly order: 'up' | 'down' };
const ALL: Query = { search: '', pool: '', status: '', alarm: '' };
/** What somebody wrote may be long and without a blank. */
const WRITTEN: readonly Column[] = [
  'pool',
  'description',
  'custom1',
  'custom2',
  'custom3',
  'note',
  'model',
  'firmware',
];
const ROWS_AT_ONCE = 50;
/** The server gives no more at once; who wants more turns the page or searches. */
const ROWS_MAX = 200;
/** Read again at most this often, however many Ewons say something. */
const BREATH_MS = 2000;

/** Ewons searched, filtered and sorted by the server, page by page; changed one by one, many at once, or by a file. */
export function EwonList({ told }: { readonly told: Told }) {
  const { api, lists } = told;
  const [query, setQuery] = useState(ALL);
  const [order, setOrder] = useState<Order>({ sort: 'name', order: 'up' });
  const [rows, setRows] = useState(ROWS_AT_ONCE);
  const [page, setPage] = useState<EwonPage>();
  const [problem, setProblem] = useState<Problem>();
  const [columns, setColumns] = useState(() => chosenColumns(localStorage));
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [dialog, setDialog] = useState<Ewon | 'import'>();
  const [again, setAgain] = useState(0);
  const heading = useFocusAfter();
  const readAtMs = useRef(-BREATH_MS);
  const asked = new URLSearchParams([
    ...Object.entries(query).filter(([, value]) => value !== ''),
    ...Object.entries(order),
  ]);

  // what Ewons say stands among the dependencies because it is why to read again
  useEffect(() => {
    let outdated = false;
    const timer = window.setTimeout(
      () => {
        readAtMs.current = performance.now();
        asked.set('limit', String(rows));
        void listApi(api)
          .page(asked)
          .then((answer) => {
            if (outdated) return; // a later question is under way; its answer counts
            setProblem(answer.ok ? undefined : answer.problem);
            if (answer.ok) setPage(answer.value);
          });
      },
      Math.max(200, readAtMs.current + BREATH_MS - performance.now()),
    );
    return () => {
      outdated = true;
      window.clearTimeout(timer);
    };
  }, [api, asked.toString(), rows, again, lists.ewons]);
  const now = (change: Partial<Query>) => {
    readAtMs.current = -BREATH_MS; // a person waits for it
    setQuery({ ...query, ...change });
    setRows(ROWS_AT_ONCE);
    setChosen(new Set());
  };
  const sortBy = (sort: Column) => {
    readAtMs.current = -BREATH_MS;
    setOrder({ sort, order: order.sort === sort && order.order === 'up' ? 'down' : 'up' });
  };
  const done = (said: string) => {
    setDialog(undefined);
    setChosen(new Set());
    readAtMs.current = -BREATH_MS;
    setAgain(again + 1);
    heading.focus();
    told.say(said);
  };
  const label = (column: Column) => lists.account.ewonFields[Number(column.at(-1)) - 1] || T.column[column];
  const found = page?.rows ?? [];
  const choose = (ids: readonly string[], isChosen: boolean) => {
    const next = new Set(chosen);
    for (const id of ids) isChosen ? next.add(id) : next.delete(id);
    setChosen(next);
  };
  return (
    <section id="ewon-list" aria-labelledby="ewon-list-title">
      <h2 id="ewon-list-title" ref={heading.target} tabIndex={-1}>
        {TEXTS.ewonList} {page && <span class="quiet">{T.found(found.length, page.total)}</span>}
      </h2>
      <div class="line">
        <input
          type="search"
          class="search"
          aria-label={T.search}
          placeholder={T.search}
          value={query.search}
          onInput={(event) => now({ search: event.currentTarget.value })}
        />
        <Choice
          label={T.pool}
          value={query.pool}
          of={Object.fromEntries(lists.pools.map((pool) => [pool, harmless(pool)]))}
          onChange={(pool) => now({ pool })}
        />
        <Choice label={T.status} value={query.status} of={T.statuses} onChange={(status) => now({ status })} />
        <Choice label={T.alarm} value={query.alarm} of={T.alarms} onChange={(alarm) => now({ alarm })} />
        <span class="links">
          <a href={`/api/v1/ewons/export?${exported(query)}`} download="ewons.csv">
            {T.exportCsv}
          </a>
        </span>
        {may(lists, 'ewons.edit') && (
          <button type="button" onClick={() => setDialog('import')}>
            {T.importCsv}
          </button>
        )}
      </div>
      <details>
        <summary>{T.columns}</summary>
        {COLUMNS.filter((column) => column !== 'name').map((column) => (
          <label key={column}>
            <input
              type="checkbox"
              checked={columns.includes(column)}
              onChange={(event) => {
                const isShown = event.currentTarget.checked;
                const next = COLUMNS.filter((one) => (one === column ? isShown : columns.includes(one)));
                keepColumns(localStorage, next);
                setColumns(next);
              }}
            />{' '}
            {harmless(label(column))}
          </label>
        ))}
      </details>
      {chosen.size > 0 && <BulkBar told={told} chosen={[...chosen]} onDone={done} />}
      <ProblemNotice problem={problem} />
      {page && found.length === 0 && <p class="empty">{query === ALL ? T.empty : T.none}</p>}
      {found.length > 0 && (
        <div class="panel">
          <table class="stack" aria-labelledby="ewon-list-title">
            <thead>
              <tr>
                <th scope="col">
                  <input
                    type="checkbox"
                    aria-label={T.selectAll}
                    checked={found.every(({ deviceId }) => chosen.has(deviceId))}
                    onChange={(event) =>
                      choose(
                        found.map(({ deviceId }) => deviceId),
                        event.currentTarget.checked,
                      )
                    }
                  />
                </th>
                {columns.map((column) => (
                  <th key={column} scope="col" aria-sort={ariaSort(order, column)}>
                    <button type="button" onClick={() => sortBy(column)}>
                      {harmless(label(column))}
                    </button>
                  </th>
                ))}
                <th scope="col">
                  <span class="unseen">{TEXTS.ewons.actions}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {found.map((ewon) => (
                <tr key={ewon.deviceId}>
                  <td>
                    <input
                      type="checkbox"
                      aria-label={T.select(harmless(ewon.name))}
                      checked={chosen.has(ewon.deviceId)}
                      onChange={(event) => choose([ewon.deviceId], event.currentTarget.checked)}
                    />
                  </td>
                  {columns.map((column) => (
                    <td
                      key={column}
                      data-label={harmless(label(column))}
                      class={WRITTEN.includes(column) ? 'event' : undefined}
                    >
                      <Cell ewon={ewon} column={column} nowMs={told.nowMs} />
                    </td>
                  ))}
                  <td class="last">
                    {may(lists, 'ewons.edit') && (
                      <button type="button" class="quiet-button" onClick={() => setDialog(ewon)}>
                        {T.edit}
                        <span class="unseen">{TEXTS.pending.of(ewon.name)}</span>
                      </button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {page?.next && rows < ROWS_MAX && (
        <button type="button" onClick={() => setRows(rows + ROWS_AT_ONCE)}>
          {T.more}
        </button>
      )}
      {dialog === 'import' && <ImportDialog told={told} onClose={() => setDialog(undefined)} onDone={done} />}
      {dialog !== undefined && dialog !== 'import' && (
        <EditDialog
          told={told}
          ewon={dialog}
          fields={(['custom1', 'custom2', 'custom3'] as const).map(label)}
          onClose={() => setDialog(undefined)}
          onDone={done}
        />
      )}
    </section>
  );
}

function Choice(props: {
  readonly label: string;
  readonly value: string;
  readonly of: Readonly<Record<string, string>>;
  readonly onChange: (value: string) => void;
}) {
  return (
    <Field label={props.label}>
      {(id) => (
        <select id={id} value={props.value} onChange={(event) => props.onChange(event.currentTarget.value)}>
          <option value="">{T.any}</option>
          {Object.entries(props.of).map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

function Cell({ ewon, column, nowMs }: { readonly ewon: Ewon; readonly column: Column; readonly nowMs: number }) {
  if (column === 'lastSeen') return ewon.lastSeen === null ? TEXTS.never : <Ago at={ewon.lastSeen} nowMs={nowMs} />;
  if (column === 'createdAt') return <Ago at={ewon.createdAt} nowMs={nowMs} />;
  if (column === 'status') {
    const word = ewon.link === 'unlinked' ? TEXTS.ewons.unlinked : T.statuses[ewon.status];
    return <span class={`state ${ewon.status}`}>{word}</span>;
  }
  if (column === 'alarms') return <>{ewon.alarms === 0 ? TEXTS.none : ewon.alarms}</>;
  const text = column.startsWith('custom') ? ewon.customFields[Number(column.at(-1)) - 1] : ewon[column as 'name'];
  return text ? <Untrusted text={text} /> : TEXTS.none;
}

function ariaSort(order: Order, column: Column) {
  if (order.sort !== column) return 'none';
  return order.order === 'up' ? 'ascending' : 'descending';
}

function exported(query: Query): URLSearchParams {
  return new URLSearchParams([...Object.entries(query).filter(([, value]) => value !== ''), ['bom', '1']]);
}
