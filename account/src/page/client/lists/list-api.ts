import type { BulkLine, EwonCountsView, EwonPageView } from '../../../http/list-views.ts';
import type { Imported } from '../../../service/ewon-list.ts';
import type { Answer, Api } from '../api.ts';
import type { Ewon, Properties } from '../api-types.ts';

export type EwonPage = EwonPageView;
export type Counts = EwonCountsView;
export type Found = Imported;
export type Outcome = BulkLine;

/** What the list asks of the server. */
export function listApi(api: Api) {
  return {
    page: (query: URLSearchParams) => api.json<EwonPage>(`ewons?${query}`),
    counts: () => api.json<Counts>('ewons/counts'),
    edit: (deviceId: string, set: Properties) =>
      api.json<Ewon>(`ewons/${encodeURIComponent(deviceId)}`, { method: 'PATCH', body: set }),
    importCsv: (text: string, how: 'try' | 'do') =>
      api.json<Found>(how === 'try' ? 'ewons/import?dryRun=1' : 'ewons/import', { method: 'POST', body: text }),
    /** @param onLine told each as it is done */
    async bulk(
      path: 'bulk' | 'bulk-forget',
      order: object,
      onLine: (line: Outcome) => void,
    ): Promise<Answer<undefined>> {
      const answer = await api.ask(`ewons/${path}`, { method: 'POST', body: order });
      if (!answer.ok) return answer;
      const reader = answer.value.body?.pipeThrough(new TextDecoderStream()).getReader();
      let rest = '';
      for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
        const lines = (rest + part.value).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) onLine(JSON.parse(line));
      }
      return { ok: true, value: undefined };
    },
  };
}
