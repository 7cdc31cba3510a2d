import type { BulkLine } from '../../../http/list-views.ts';
import type { Imported } from '../../../service/ewon-list.ts';
import type { Answer, Api } from '../api.ts';
import type { Ewon, EwonPage, Properties } from '../api-types.ts';
import { TEXTS } from '../texts.ts';

export type Found = Imported;
export type Outcome = BulkLine;

/** Whom an order is for: these, or all that are found. */
export type On = { readonly ewons: readonly string[] } | { readonly where: Readonly<Record<string, string>> };

/** What the list asks of the server. */
export function listApi(api: Api) {
  const order = (deviceId: string, path: string, method = 'POST') =>
    api.json<unknown>(`ewons/${encodeURIComponent(deviceId)}${path}`, {
      method,
      ...(method === 'POST' && { body: {} }),
    });
  return {
    page: (query: string) => api.json<EwonPage>(`ewons?${query}`),
    edit: (deviceId: string, set: Properties) =>
      api.json<Ewon>(`ewons/${encodeURIComponent(deviceId)}`, { method: 'PATCH', body: set }),
    remove: (deviceId: string) => order(deviceId, '', 'DELETE'),
    renew: (deviceId: string) => order(deviceId, '/renew'),
    release: (deviceId: string) => order(deviceId, '/release'),
    undo: (deviceId: string) => order(deviceId, '/undo-replacement'),
    importCsv: (text: string, how: 'try' | 'do') =>
      api.json<Found>(how === 'try' ? 'ewons/import?dryRun=1' : 'ewons/import', { method: 'POST', body: text }),
    /**
     * @param onLine told each as it is done
     * @param signal ends it after the one at hand
     */
    async bulk(
      path: 'bulk' | 'bulk-forget',
      order: On & { readonly do: string },
      onLine: (line: Outcome) => void,
      signal: AbortSignal,
    ): Promise<Answer<undefined>> {
      const answer = await api.ask(`ewons/${path}`, { method: 'POST', body: order }, signal);
      if (!answer.ok) return signal.aborted ? { ok: true, value: undefined } : answer;
      const reader = answer.value.body?.pipeThrough(new TextDecoderStream()).getReader();
      let rest = '';
      try {
        for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
          const lines = (rest + part.value).split('\n');
          rest = lines.pop() ?? '';
          for (const line of lines) onLine(JSON.parse(line));
        }
      } catch {
        // broke off in the middle: what was told until then is done
        if (!signal.aborted) return { ok: false, status: 0, problem: { ...TEXTS.problem.unreachable, detail: '' } };
      }
      return { ok: true, value: undefined };
    },
  };
}
