import { useEffect, useRef, useState } from 'preact/hooks';
import type { Ewon, EwonPage, EwonRow } from '../api-types.ts';
import { Failures } from '../decide/failures.tsx';
import { earlyOr } from '../early.ts';
import { allowedRows, changedRows } from '../ewon-rows.ts';
import type { Told } from '../page.ts';
import { may } from '../page-state.ts';
import { ProblemNotice, useFocusAfter } from '../parts.tsx';
import { TEXTS } from '../texts.ts';
import { LISTS as T } from '../texts-lists.ts';
import { useKeptUp } from '../use-kept-up.ts';
import { BulkBar } from './bulk-bar.tsx';
import { isCut } from './chosen.ts';
import { ColumnChoice } from './column-choice.tsx';
import { type Column, chosenColumns, keepColumns } from './columns.ts';
import { DetailsDialog } from './details-dialog.tsx';
import { EditDialog } from './dialogs.tsx';
import { EwonTable, labelOf } from './ewon-table.tsx';
import { Filters, Search } from './filters.tsx';
import { ImportDialog } from './import-dialog.tsx';
import { listApi } from './list-api.ts';
import { Pages } from './pages.tsx';
import {
  ALL,
  FIRST_ORDER,
  FIRST_PAGE,
  FIRST_ROWS,
  isAll,
  pageQuery,
  type Query,
  type Turned,
  whereOf,
} from './query.ts';
import { OrderDialog, type RowWish } from './row-orders.tsx';
import { useMany } from './use-many.ts';

type Asked = { readonly wish: RowWish; readonly ewon: EwonRow } | 'import';

/** The Ewons of the account: searched, filtered and sorted by the server, page by page; changed one by one, many at once, or by a file. */
export function EwonList({ told }: { readonly told: Told }) {
  const { lists, counts, pointedOut } = told;
  const [query, setQuery] = useState(ALL);
  const [order, setOrder] = useState(FIRST_ORDER);
  const [turned, turn] = useState<Turned>([]);
  const [rows, setRows] = useState(FIRST_ROWS);
  const [columns, setColumns] = useState(() => chosenColumns(localStorage));
  const [asked, ask] = useState<Asked>();
  const heading = useFocusAfter();
  const bar = useRef<HTMLDivElement>(null);
  const { value: page, problem, again } = usePage(told, pageQuery(query, order, turned, rows).toString());
  const many = useMany({
    ...{ told, query, page, again },
    refocus: () => {
      const { activeElement } = document;
      // not from whoever went on to something else meanwhile
      if (activeElement === document.body || bar.current?.contains(activeElement)) heading.focus();
    },
  });

  const filter = (change: Partial<Query>) => {
    setQuery((before) => ({ ...before, ...change }));
    turn([]);
    many.nobody();
  };
  useEffect(() => {
    if (pointedOut?.at !== 'ewons') return;
    filter({ ...ALL, search: pointedOut.serial });
    heading.focus();
  }, [pointedOut]);
  // all of the last page were removed, or of several
  const isBeyond = page !== undefined && page.rows.length === 0 && page.total > 0;
  useEffect(() => {
    if (isBeyond) turn((before) => before.slice(0, -1));
  }, [page]);
  const done = (said: string) => {
    ask(undefined);
    again();
    heading.focus();
    told.say(said);
  };
  const shown = page?.rows ?? [];
  const isEmpty = page?.total === 0 && isAll(query);
  return (
    <section id="ewons" aria-labelledby="ewons-title">
      <h2 id="ewons-title" ref={heading.target} tabIndex={-1}>
        {TEXTS.ewons.title}{' '}
        {counts && counts.total > 0 && <span class="quiet">{TEXTS.ewons.counted(counts.online, counts.total)}</span>}{' '}
        {counts && counts.alarms > 0 && <span class="state alarm">{TEXTS.ewons.alarms(counts.alarms)}</span>}
      </h2>
      <ProblemNotice problem={problem} />
      {!page && !problem && <p class="quiet coming">{TEXTS.starting}</p>}
      {isEmpty && <p class="empty">{TEXTS.ewons.empty}</p>}
      {page && !isEmpty && (
        <>
          <div class="line">
            <Search query={query} onChange={filter} />
            <span class="links">
              <a href={`/api/v1/ewons/export?${exported(query)}`} download="ewons.csv">
                {T.exportCsv}
              </a>
            </span>
            {may(lists, 'ewons.edit') && (
              <button type="button" onClick={() => ask('import')}>
                {T.importCsv}
              </button>
            )}
          </div>
          <Filters told={told} query={query} onChange={filter} />
          <ColumnChoice
            told={told}
            columns={columns}
            onChange={(next) => {
              keepColumns(localStorage, next);
              setColumns(next);
            }}
          />
        </>
      )}
      {page && (many.count > 0 || many.isOrdering) && (
        <BulkBar
          {...{ told, bar, many }}
          total={page.total}
          onAll={() => {
            many.all();
            heading.focus();
          }}
          onLeave={() => {
            many.nobody();
            heading.focus();
          }}
        />
      )}
      <Outcome many={many} />
      {page && shown.length === 0 && !isEmpty && (
        <div class="empty">
          <p>{T.none}</p>
          {!isAll(query) && (
            <button
              type="button"
              onClick={() => {
                filter(ALL);
                heading.focus();
              }}
            >
              {T.clear}
            </button>
          )}
        </div>
      )}
      {page && shown.length > 0 && (
        <EwonTable
          {...{ told, columns, order }}
          rows={shown}
          isChosen={({ deviceId }) => many.chosen === 'found' || many.chosen.has(deviceId)}
          onSort={(next) => {
            setOrder(next);
            turn([]);
          }}
          onChoose={many.tick}
          onWish={(ewon, wish) => ask({ ewon, wish })}
        />
      )}
      {page && (
        <Pages
          {...{ page, turned, rows }}
          onTurn={(next) => {
            turn(next);
            heading.focus();
          }}
          onRows={(count) => {
            setRows(count);
            turn([]);
          }}
        />
      )}
      {asked && <Question told={told} asked={asked} rows={shown} onClose={() => ask(undefined)} onDone={done} />}
    </section>
  );
}

/** What became of the last order on many, as far as somebody may want to do something about it. */
function Outcome({ many: { bulk, ordered, nameOf } }: { readonly many: ReturnType<typeof useMany> }) {
  if (bulk.at === 'idle' || bulk.at === 'running') return null;
  const cut = isCut(bulk);
  return (
    <>
      {cut && bulk.done > 0 && <p>{T.bulkDone(ordered, { ...bulk, cut })}</p>}
      <ProblemNotice problem={bulk.problem} />
      <Failures failures={bulk.failures} label={T.failures} more={T.moreChanges} nameOf={nameOf} />
    </>
  );
}

function Question(props: {
  readonly told: Told;
  readonly asked: Asked;
  /** What is shown: an Ewon may be another by now than when its dialog was opened. */
  readonly rows: readonly EwonRow[];
  readonly onClose: () => void;
  readonly onDone: (said: string) => void;
}) {
  const { asked, rows, ...rest } = props;
  if (asked === 'import') return <ImportDialog {...rest} />;
  const { ewon, wish } = asked;
  if (wish === 'details') {
    const now = rows.find(({ deviceId }) => deviceId === ewon.deviceId) ?? ewon;
    return <DetailsDialog told={rest.told} ewon={now} onClose={rest.onClose} />;
  }
  if (wish !== 'edit') return <OrderDialog {...rest} ewon={ewon} order={wish} />;
  const fields = (['custom1', 'custom2', 'custom3'] as const).map((column: Column) => labelOf(props.told, column));
  return <EditDialog {...rest} ewon={ewon} fields={fields} />;
}

/** The page that is asked for, with what Ewons say put into it. */
function usePage(told: Told, query: string) {
  const { api, heard, readings, lists, firstEwons } = told;
  return useKeptUp<EwonPage>({
    ...{ heard, readings, key: query, readAgain: true },
    read: (again) => earlyOr(query === FIRST_PAGE ? firstEwons : undefined, () => listApi(api).page(query), again),
    change: (page, said) => changedPage(page, said, lists.policy),
  });
}

function changedPage(page: EwonPage, said: readonly Ewon[], policy: Told['lists']['policy']): EwonPage {
  const rows = allowedRows(changedRows(page.rows, said), policy);
  if (rows === page.rows) return page;
  return { ...page, rows, total: page.total - (page.rows.length - rows.length) };
}

function exported(query: Query): URLSearchParams {
  return new URLSearchParams({ ...whereOf(query), bom: '1' });
}
