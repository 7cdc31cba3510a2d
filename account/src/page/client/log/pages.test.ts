import { timestampOf } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import type { LogPageView } from '../../../http/list-views.ts';
import type { Answer } from '../api.ts';
import type { LogLine } from '../api-types.ts';
import { freshIn, isStopped, NOTHING_READ, PAGE_LINES, type Read, readPage, withNewer } from './pages.ts';

const line = (id: number): LogLine => ({
  ...{ id, at: timestampOf(id * 1000), name: 'x', subject: 'Ewon', kind: 'message', severity: 'info' },
  ...{ code: null, event: `e${id}`, deviceId: null },
});
/** Lines from the newest to the oldest. */
const lines = (newest: number, oldest: number) =>
  Array.from({ length: newest - oldest + 1 }, (_, i) => line(newest - i));
const read = (shown: readonly LogLine[], next: string | null = null): Read => ({ lines: shown, next, looked: 0 });

/** Answers these pages one after the other. */
function answering(pages: readonly LogPageView[]) {
  const asked: (readonly [string | null, number])[] = [];
  const ask = async (after: string | null, limit: number): Promise<Answer<LogPageView>> => {
    asked.push([after, limit]);
    const value = pages[asked.length - 1];
    const problem = { code: 'X', title: '', detail: '', next: '' };
    return value ? { ok: true, value } : { ok: false, problem, status: 0 };
  };
  return { ask, asked };
}

suite('pages of the log', (test) => {
  test('a full page and a last page are one question each', async () => {
    for (const page of [
      { lines: lines(100, 1), next: 'a' },
      { lines: lines(7, 1), next: null },
    ]) {
      const { ask, asked } = answering([page]);
      const whole = await readPage(ask, NOTHING_READ, { onStep: () => {}, signal: new AbortController().signal });
      assert.deepEqual([whole.ok && whole.value, asked], [{ ...page, looked: 0 }, [[null, PAGE_LINES]]]);
    }
  });

  test('short pages go on by themselves until the page is full, and tell how far they are', async () => {
    const { ask, asked } = answering([
      { lines: lines(500, 499), next: 'a' },
      { lines: [], next: 'b' },
      { lines: lines(98, 1), next: 'c' },
    ]);
    const steps: number[] = [];
    const onStep = ({ looked }: Read) => steps.push(looked);
    const whole = await readPage(ask, NOTHING_READ, { onStep, signal: new AbortController().signal });
    assert.ok(whole.ok && whole.value.lines.length === PAGE_LINES && whole.value.next === 'c');
    assert.deepEqual(steps, [10_000, 20_000]);
    assert.deepEqual(asked, [
      [null, 100],
      ['a', 98],
      ['b', 98],
    ]);
  });

  test('stopped, also in the middle of a question, it keeps what it has, and goes on from there', async () => {
    const { ask, asked } = answering([
      { lines: lines(500, 499), next: 'a' },
      { lines: [], next: null },
    ]);
    const enough = new AbortController();
    const onStep = () => void setImmediate(() => enough.abort());
    let isFirst = true;
    const slow: typeof ask = (...question) => {
      if (!isFirst) return new Promise(() => {});
      isFirst = false;
      return ask(...question);
    };
    const part = await readPage(slow, NOTHING_READ, { onStep, signal: enough.signal });
    assert.ok(part.ok && isStopped(part.value));
    const rest = await readPage(ask, part.value, { onStep, signal: new AbortController().signal });
    assert.ok(rest.ok && rest.value.lines.length === 2 && !isStopped(rest.value));
    assert.deepEqual(asked[1], ['a', 98]);
    const refused = await readPage(ask, NOTHING_READ, { onStep, signal: new AbortController().signal });
    assert.equal(refused.ok, false, 'a refusal is the answer');
  });

  test('new lines: counted, put in the place of the page, or in front of what a long search has found', () => {
    const page = read(lines(100, 1), null);
    const newer = read(lines(103, 4), 'a');
    assert.deepEqual(freshIn(page, newer), { count: 3, isMore: false });
    assert.deepEqual(freshIn(page, read(lines(300, 201), 'a')), { count: 100, isMore: true });
    assert.equal(withNewer(page, newer), newer);
    const searched = read([line(5)], 'deep');
    assert.equal(withNewer(searched, read([], 'a')), searched);
    assert.deepEqual(withNewer(searched, read([line(9)], 'a')), read([line(9), line(5)], 'deep'));
    assert.equal(withNewer(read(lines(600, 101), 'deep'), read([line(700)], 'a')), undefined);
  });
});
