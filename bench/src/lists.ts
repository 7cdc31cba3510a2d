import { timestampOf } from '@ewon-agent/contracts';
import type { AccountProcess } from '@ewon-agent/e2e/account-process';
import { readAdminToken } from '@ewon-agent/e2e/admin-token';
import type { Bench } from './bench.ts';
import { type ListExport, type ListRun, listsAnswer } from './lists-page.ts';
import { type ListedSize, listedSizes, openListsStage } from './lists-stage.ts';
import { memoryOf } from './proc.ts';

const RUNS = 30;
/** How soon lists of an account answer that has run for years. */
export const listsBench: Bench = {
  name: 'lists',
  title: 'Lists: 10,000 Ewons and 1,000,000 lines of the log',
  about: `each list, filter, sort, page and search ${RUNS} times, on both databases; about 8 minutes`,
  async run({ runs = RUNS, devices }, say) {
    const asked: ListRun[] = [];
    const exported: ListExport[] = [];
    for (const size of listedSizes(devices)) {
      const done = await measure(size, runs, say);
      asked.push(...done.asked);
      exported.push(done.exported);
    }
    return listsAnswer(asked, exported);
  },
};

async function measure(size: ListedSize, runs: number, say: (line: string) => void) {
  const { account, close } = await openListsStage(size, say);
  try {
    const asked = await askAll(account, size, runs);
    const slowest = asked.toSorted((a, b) => b.ms - a.ms)[0];
    say(`${size.database}: ${asked.length} questions, slowest ${slowest?.what} ${slowest?.ms.toFixed(0)} ms`);
    return { asked, exported: await exportAll(account, size) };
  } finally {
    await close();
  }
}

const EWON_SORTS = [
  'name',
  'serial',
  'pool',
  'description',
  'custom1',
  'firmware',
  'status',
  'lastSeen',
  'alarms',
  'patch',
];
const LOG_SORTS = ['name', 'kind', 'code', 'event'];

/** Each question by its name; `deep` pages begin in the middle of the list. */
function questions(ewons: number, deviceId: string): readonly (readonly [what: string, path: string])[] {
  const half = timestampOf(Date.now() - 86_400_000);
  return [
    ...EWON_SORTS.flatMap((sort) => [
      [`Ewons by ${sort}`, `ewons?sort=${sort}&order=up`] as const,
      [`Ewons by ${sort}, the other way round`, `ewons?sort=${sort}&order=down`] as const,
    ]),
    ['Ewons, a word', 'ewons?search=press'],
    ['Ewons, two words', `ewons?search=${encodeURIComponent(`press ${Math.floor(ewons / 2)}`)}`],
    ['Ewons, a word that is nowhere', 'ewons?search=zzzz'],
    ['Ewons of a pool that are offline', 'ewons?pool=North&status=offline&sort=lastSeen'],
    ['Ewons with alarms', 'ewons?alarm=open&sort=alarms&order=down'],
    ['Ewons without alarms', 'ewons?alarm=none'],
    ['Ewons whose patch failed', 'ewons?patch=failed'],
    ['Ewons of a firmware', 'ewons?firmware=14.6s0'],
    ['Ewons, 200 rows', 'ewons?limit=200'],
    ['Ewons, numbers', 'ewons/counts'],
    ['log, newest', 'log/lines'],
    ['log, oldest', 'log/lines?order=up'],
    ['log, errors', 'log/lines?kind=error'],
    ['log, of users', 'log/lines?kind=user'],
    ['log, messages', 'log/lines?kind=message'],
    ['log, of an Ewon', `log/lines?ewon=${deviceId}`],
    ['log, of a user', 'log/lines?user=user3'],
    ['log, a word', 'log/lines?text=reached'],
    ['log, a word that is nowhere', 'log/lines?text=zzzz'],
    ['log, before yesterday', `log/lines?to=${half}`],
    ['log, a word before yesterday', `log/lines?to=${half}&text=zzzz`],
    ['log, 200 lines', 'log/lines?limit=200'],
    ...LOG_SORTS.map((sort) => [`log by ${sort}`, `log/lines?sort=${sort}`] as const),
  ];
}

async function askAll(account: AccountProcess, size: ListedSize, runs: number): Promise<readonly ListRun[]> {
  const ask = asker(account);
  const { rows } = await ask<{ rows: readonly { deviceId: string }[] }>('ewons?limit=1');
  const asked: ListRun[] = [];
  const timed = async (what: string, path: string): Promise<{ next?: string | null }> => {
    const startMs = performance.now();
    const answer = await ask<{ next?: string | null }>(path);
    asked.push({ database: size.database, what, ms: performance.now() - startMs });
    return answer;
  };
  for (let run = 0; run < runs; run++) {
    for (const [what, path] of questions(size.ewons, rows[0]?.deviceId ?? '')) {
      const { next } = await timed(what, path);
      if (next && path.includes('?')) await timed(`${what}, next page`, `${path}&after=${next}`);
    }
  }
  return asked;
}

/** Reads the whole log as CSV, with what the server holds meanwhile. */
async function exportAll(account: AccountProcess, size: ListedSize): Promise<ListExport> {
  const beforeMib = memoryOf(account.pid).pssKib / 1024;
  const startMs = performance.now();
  const response = await fetch(`${account.adminUrl}/api/v1/log/export?format=csv`, { headers: headersOf(account) });
  // a log of twice the length must not need more
  const wholeBytes = size.lines * 120;
  let [bytes, firstHalfMib, peakMib] = [0, 0, 0];
  let nextLookMs = startMs;
  for await (const part of response.body ?? []) {
    bytes += part.length;
    if (performance.now() < nextLookMs) continue;
    peakMib = Math.max(peakMib, memoryOf(account.pid).pssKib / 1024);
    if (bytes < wholeBytes / 2) firstHalfMib = peakMib;
    nextLookMs = performance.now() + 200;
  }
  const seconds = (performance.now() - startMs) / 1000;
  return {
    database: size.database,
    lines: size.lines,
    mib: bytes / 2 ** 20,
    seconds,
    beforeMib,
    firstHalfMib,
    peakMib,
  };
}

function asker(account: AccountProcess) {
  return async <T>(path: string): Promise<T> => {
    const response = await fetch(`${account.adminUrl}/api/v1/${path}`, { headers: headersOf(account) });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };
}

function headersOf({ stateDir }: AccountProcess) {
  return { authorization: `Bearer ${readAdminToken(stateDir)}` };
}
