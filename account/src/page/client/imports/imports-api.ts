import type { ImportSummary, ImportView } from '../../../http/imports/admin-imports.ts';
import type { ImportStart, NewImport } from '../../../http/imports/import-bodies.ts';
import type { Answer, Api } from '../api.ts';
import { TEXTS } from '../texts.ts';

export type { ImportedEwonView, ImportSummary, ImportView } from '../../../http/imports/admin-imports.ts';
export type { ImportStart, NewImport };

/** What the section asks of the server. */
export function importsApi({ json, ask }: Pick<Api, 'json' | 'ask'>) {
  const post = (path: string, body: object = {}) => json<ImportView>(`imports${path}`, { method: 'POST', body });
  const at = (id: string) => `/${encodeURIComponent(id)}`;
  return {
    all: () => json<readonly ImportSummary[]>('imports'),
    one: (id: string) => json<ImportView>(`imports${at(id)}`),
    /** Takes as long as the other account does, which the server limits. */
    async open(claim: NewImport): Promise<Answer<ImportView>> {
      const answer = await ask('imports', { method: 'POST', body: claim });
      if (!answer.ok) return answer;
      try {
        return { ok: true, value: await answer.value.json() };
      } catch {
        return { ok: false, status: 0, problem: { ...TEXTS.problem.unreachable, detail: '' } }; // it was cut off
      }
    },
    start: (id: string, start: ImportStart) => post(`${at(id)}/start`, start),
    end: (id: string) => post(`${at(id)}/end`),
  };
}

export type ImportsApi = ReturnType<typeof importsApi>;
