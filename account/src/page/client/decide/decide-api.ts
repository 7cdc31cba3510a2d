import type { CandidateView, EwonPageView, ReplacementView } from '../../../http/list-views.ts';
import type { Answer, Api } from '../api.ts';
import type { Ewon, Properties } from '../api-types.ts';

// What deciding about Ewons that wait asks of the server. Types only: nothing of the server comes along.

export type Candidate = CandidateView;
export type Replacement = ReplacementView;
/** The order to approve many; without a pool each goes where its key leads. */
export type ApproveMany = {
  readonly do: 'approve';
  readonly registrations: readonly string[];
  readonly template: string;
  readonly set: { readonly pool?: string; readonly description?: string };
};

/** More than a person looks through; who has more types another word. */
const FOUND_MAX = 20;

/** The questions of this section, over the page's one way to the server. */
export function decideApi({ json }: Pick<Api, 'json'>) {
  const id = encodeURIComponent;
  return {
    tryApproval: (of: string, how: Partial<Properties>) =>
      json<Properties>(`registrations/${id(of)}/approve?dryRun=1`, { method: 'POST', body: how }),
    candidates: (of: string) => json<readonly Candidate[]>(`registrations/${id(of)}/candidates`),
    offline: (search: string) =>
      json<EwonPageView>(`ewons?${new URLSearchParams({ search, status: 'offline', limit: String(FOUND_MAX) })}`),
    /** The one of several Ewons with a serial number that is meant; undefined where it is not to be seen. */
    ewonOf: async (serial: string, deviceId: string): Promise<Answer<Ewon | undefined>> => {
      const found = await json<EwonPageView>(`ewons?${new URLSearchParams({ search: serial })}`);
      if (!found.ok) return found.status === 403 ? { ok: true, value: undefined } : found;
      return { ok: true, value: found.value.rows.find((ewon) => ewon.deviceId === deviceId) };
    },
    replacements: () => json<readonly Replacement[]>('replacements'),
    undo: (deviceId: string) => json<unknown>(`ewons/${id(deviceId)}/undo-replacement`, { method: 'POST', body: {} }),
  };
}
