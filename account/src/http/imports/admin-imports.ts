import { CODES, type Fault, isCode, type Result, SECOND_MS, type Timestamp } from '@ewon-agent/contracts';
import type { FastifyInstance, FastifyReply } from 'fastify';
import {
  countsOf,
  type ImportCounts,
  type ImportedEwon,
  type ImportRecord,
  type StayingEwon,
} from '../../core/imports/imports.ts';
import type { House } from '../../house.ts';
import type { AskSource } from '../../ports/source.ts';
import { endImport, openImport, readImport, startImport, type WholeImport } from '../../service/imports/imports.ts';
import type { Rounds } from '../../service/rounds.ts';
import { answer } from '../admin.ts';
import { needs } from '../needs.ts';
import { problemOf, sendProblem } from '../problem.ts';
import { readImportStart, readNewImport } from './import-bodies.ts';

/** An Ewon of an import. `reason` is a code, or what the device said; `reasonText` says it to a person. */
export type ImportedEwonView = Pick<
  ImportedEwon,
  'serial' | 'model' | 'sourceName' | 'name' | 'state' | 'reason' | 'deviceId'
> & {
  readonly key: string;
  readonly reasonText: string;
  /** The source has ordered it to come. */
  readonly isOrdered: boolean;
};
export type StayingEwonView = StayingEwon & { readonly whyText: string };
/** `GET /api/v1/imports`: one of them. */
export type ImportSummary = Pick<ImportRecord, 'state' | 'pool' | 'by' | 'createdAt' | 'startedAt'> & {
  readonly id: string;
  readonly source: { readonly id: string; readonly name: string; readonly url: string };
  readonly counts: ImportCounts;
  /** Why the source could not be asked last, where it could not. */
  readonly trouble: {
    readonly code: string;
    readonly text: string;
    readonly detail: string;
    readonly next: string;
  } | null;
};
/** `GET /api/v1/imports/:id`. `staying`: what the source does not let go, until the import is started. */
export type ImportView = ImportSummary & {
  readonly ewons: readonly ImportedEwonView[];
  readonly staying: readonly StayingEwonView[];
  readonly changedAt: Timestamp;
};

type ById = { Params: { id: string } };

/** Keys and names of ten thousand Ewons. */
const START_MAX_BYTES = 8 * 1024 * 1024;
/** Who looks has the source asked again, this often at most. */
const ASK_AGAIN_MS = 2 * SECOND_MS;

/** Imports from other accounts: for Administrators, as the source asks for one of its own. */
export function importRoutes(
  app: FastifyInstance,
  house: House,
  door: {
    readonly askSource: AskSource;
    readonly imports: Pick<Rounds, 'wake'>;
    readonly card: () => Promise<{ readonly accountUrl: string }>;
  },
): void {
  const { imports: rounds } = door;
  let askedAtMs = -ASK_AGAIN_MS;
  /** Somebody looks: what is new is worth knowing. */
  const look = (): void => {
    const nowMs = house.clock.monotonic();
    if (nowMs - askedAtMs < ASK_AGAIN_MS) return;
    askedAtMs = nowMs;
    rounds.wake();
  };

  app.get('/api/v1/imports', needs('policies'), async (request): Promise<readonly ImportSummary[]> => {
    look();
    return request.house.store.transact(async (tx) => {
      const all: ImportSummary[] = [];
      for (const record of await tx.imports()) all.push(summaryOf(record, await tx.countImported(record.importId)));
      return all;
    });
  });
  app.get<ById>('/api/v1/imports/:id', needs('policies'), async (request, reply) => {
    look();
    return answer(reply, viewed(await readImport(request.house, request.params.id)));
  });
  app.post('/api/v1/imports', needs('policies'), async (request, reply) => {
    const asked = readNewImport(request.body);
    if (!asked.ok) return sendProblem(reply, asked.fault);
    const opened = await openImport(request.house, door.askSource, asked.value);
    return opened.ok ? answer(reply, viewed(opened)) : refuse(reply, opened.fault);
  });
  app.post<ById>(
    '/api/v1/imports/:id/start',
    { ...needs('policies'), bodyLimit: START_MAX_BYTES },
    async (request, reply) => {
      const asked = readImportStart(request.body);
      if (!asked.ok) return sendProblem(reply, asked.fault);
      const { accountUrl } = await door.card();
      const started = await startImport(request.house, request.params.id, asked.value, accountUrl);
      if (started.ok) rounds.wake();
      return answer(reply, viewed(started));
    },
  );
  app.post<ById>('/api/v1/imports/:id/end', needs('policies'), async (request, reply) => {
    const ended = await endImport(request.house, door.askSource, request.params.id);
    if (ended.ok) rounds.wake();
    return answer(reply, viewed(ended));
  });
}

/** What the source refuses: 403 where it said 401, because who asks here is signed in, and stays so. */
function refuse(reply: FastifyReply, fault: Fault): FastifyReply {
  return sendProblem(reply, fault, problemOf(fault).status === 401 ? 403 : undefined);
}

function viewed(whole: Result<WholeImport>): Result<ImportView> {
  return whole.ok ? { ok: true, value: viewOf(whole.value) } : whole;
}

function viewOf({ record, ewons }: WholeImport): ImportView {
  return {
    ...summaryOf(record, countsOf(ewons)),
    changedAt: record.changedAt,
    ewons: ewons.map(({ publicKey: key, agreed, ...ewon }) => ({
      ...{ key, ...ewon, isOrdered: agreed !== 'nothing', reasonText: textOf(ewon.reason) },
    })),
    staying: record.staying.map((ewon) => ({ ...ewon, whyText: WHY_TEXTS[ewon.why] ?? textOf(ewon.why) })),
  };
}

function summaryOf(record: ImportRecord, counts: ImportCounts): ImportSummary {
  const { importId: id, state, pool, by, createdAt, startedAt, source, trouble } = record;
  const { accountId, name, url } = source;
  const said = trouble && { ...trouble, text: CODES[trouble.code].text, next: CODES[trouble.code].next };
  return {
    ...{ id, state, pool, by, createdAt, startedAt, counts, trouble: said },
    source: { id: accountId, name, url },
  };
}

/** Where the text of a code is of another moment than that of a list. */
const WHY_TEXTS: Partial<Record<StayingEwon['why'], string>> = {
  UNLINKED: 'It is not linked: its device has forgotten that account.',
  MOVE_SENT: 'It is to move to another account already.',
  RENEWAL_PENDING: 'Its certificate ended; a person there decides about a new one first.',
};

function textOf(reason: string | null): string {
  return isCode(reason) ? CODES[reason].text : '';
}
