import { useEffect, useRef, useState } from 'preact/hooks';
import type { EwonPage, EwonRow } from '../api-types.ts';
import { isListed } from '../ewon-rows.ts';
import type { Told } from '../page.ts';
import { LISTS as T } from '../texts-lists.ts';
import { useBulk } from '../use-bulk.ts';
import type { ManyOrder } from './bulk-bar.tsx';
import { type Chosen, isCut, leftAfter, NOBODY, stillThere, ticked } from './chosen.ts';
import { listApi, type On } from './list-api.ts';
import { FIRST_ORDER, pageQuery, type Query, whereOf } from './query.ts';

/** Whom an order is for, and how many that are: fixed when a question about it is asked. */
export type Meant = { readonly who: Chosen; readonly count: number };

/** Selects Ewons of the list, and carries out orders on those that are selected. @param of what is called after each order: to read the list again, and for the focus */
export function useMany(of: {
  readonly told: Told;
  readonly query: Query;
  readonly page: EwonPage | undefined;
  readonly again: () => void;
  readonly refocus: () => void;
}) {
  const { told, query, page } = of;
  const { chosen, choose } = useChosen(told);
  const { bulk, run, stop, forget } = useBulk(told.api);
  const [question, ask] = useState<Meant>();
  const [ordered, setOrdered] = useState<ManyOrder['do']>('move');
  const names = useRef<ReadonlyMap<string, string>>(NOBODY);
  const count = chosen === 'found' ? (page?.total ?? 0) : chosen.size;
  const isOrdering = bulk.at === 'running';
  const nameOf = (id: string) => names.current.get(id) ?? id;

  /** Selects others: a question about those before is none any more. */
  const select = (change: (before: Chosen) => Chosen) => {
    choose(change);
    if (!isOrdering) ask(undefined);
  };
  const order = async (what: ManyOrder) => {
    const meant = (what.do === 'forget' && question) || { who: chosen, count };
    names.current = new Map([
      ...(page?.rows ?? []).map(({ deviceId, name }) => [deviceId, name] as const),
      ...(meant.who === 'found' ? NOBODY : meant.who),
    ]);
    const on: On =
      meant.who === 'found' ? { where: whereOf(query), count: meant.count } : { ewons: [...meant.who.keys()] };
    setOrdered(what.do);
    const path = what.do === 'forget' ? 'ewons/bulk-forget' : 'ewons/bulk';
    const ended = await run(path, { ...what, ...on }, meant.count);
    choose((now) => leftAfter(now, meant.who, ended, nameOf));
    // asked anew, with the number of those who are found by now
    const isOther = what.do === 'forget' && ended.problem?.code === 'BULK_COUNT_CHANGED';
    const found = isOther ? await listApi(told.api).page(pageQuery(query, FIRST_ORDER, [], 1).toString()) : undefined;
    ask(found?.ok && found.value.total > 0 ? { who: 'found', count: found.value.total } : undefined);
    of.again();
    if (!found) of.refocus();
    if (!isCut(ended) || ended.done > 0) told.say(T.bulkDone(what.do, { ...ended, cut: isCut(ended) }));
  };
  return {
    ...{ chosen, count, bulk, isOrdering, stop, question, order, ordered, nameOf },
    tick: (rows: readonly EwonRow[], how: 'choose' | 'leave') => select((before) => ticked(before, rows, how)),
    all: () => select(() => 'found'),
    nobody: () => {
      select(() => NOBODY);
      if (!isOrdering) forget();
    },
    ask: () => ask({ who: chosen, count }),
    cancel: () => ask(undefined),
  };
}

/** Keeps who is selected, without those who leave the account meanwhile. */
function useChosen({ heard }: Told) {
  const [chosen, set] = useState<Chosen>(NOBODY);
  const gone = useRef(new Set<string>()).current;
  useEffect(
    () =>
      heard.listen((rows) => {
        for (const row of rows) isListed(row) ? gone.delete(row.deviceId) : gone.add(row.deviceId);
        set((before) => stillThere(before, gone));
      }),
    [],
  );
  return { chosen, choose: (change: (before: Chosen) => Chosen) => set((before) => stillThere(change(before), gone)) };
}
