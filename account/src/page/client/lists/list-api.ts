import type { EwonChange } from '../../../core/records.ts';
import type { Imported } from '../../../service/ewon-list.ts';
import type { Api } from '../api.ts';
import type { Alarm, Ewon, EwonPage } from '../api-types.ts';

export type Found = Imported;

/** Whom an order is for: these, or all that are found, as many as a person was told. */
export type On =
  | { readonly ewons: readonly string[] }
  | { readonly where: Readonly<Record<string, string>>; readonly count: number };

/** What the list asks of the server. */
export function listApi(api: Api) {
  const order = (deviceId: string, path: string, method = 'POST') =>
    api.json<unknown>(`ewons/${encodeURIComponent(deviceId)}${path}`, {
      method,
      ...(method === 'POST' && { body: {} }),
    });
  return {
    page: (query: string) => api.json<EwonPage>(`ewons?${query}`),
    edit: (deviceId: string, change: EwonChange) =>
      api.json<Ewon>(`ewons/${encodeURIComponent(deviceId)}`, { method: 'PATCH', body: change }),
    remove: (deviceId: string) => order(deviceId, '', 'DELETE'),
    renew: (deviceId: string) => order(deviceId, '/renew'),
    release: (deviceId: string) => order(deviceId, '/release'),
    alarms: (deviceId: string) => api.json<readonly Alarm[]>(`alarms?${new URLSearchParams({ ewon: deviceId })}`),
    acknowledge: (deviceId: string, code: string) =>
      api.json<unknown>('alarms/acknowledge', { method: 'POST', body: { deviceId, code } }),
    undo: (deviceId: string) => order(deviceId, '/undo-replacement'),
    importCsv: (bytes: Blob, how: 'try' | 'do') =>
      api.json<Found>(how === 'try' ? 'ewons/import?dryRun=1' : 'ewons/import', { method: 'POST', body: bytes }),
  };
}
