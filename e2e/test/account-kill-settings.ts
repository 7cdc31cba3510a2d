import { randomUUID } from 'node:crypto';
import { askFor, type Work } from './account-kill-book.ts';

/** What there is once: the pool of new Ewons, pools, a rollout, the policy. */
export async function set({ account: { api }, book, chance, patch }: Work): Promise<void> {
  const what = chance.fraction();
  if (what < 0.4) {
    const pool = `Pool ${randomUUID().slice(0, 8)}`;
    await askFor(book, `pool ${pool}`, 'there', () => api.send('POST', '/api/v1/pools', { name: pool }));
    const to = { enabled: true, pool };
    await askFor(book, 'new Ewons go to', pool, () => api.send('PATCH', '/api/v1/auto-registration', to));
  } else if (what < 0.6) {
    const { pool: used } = await api.get<{ readonly pool: string }>('/api/v1/auto-registration');
    const pool = (await api.get<readonly string[]>('/api/v1/pools')).find(
      (name) => name !== 'Default' && name !== used,
    );
    if (pool !== undefined)
      await askFor(book, `pool ${pool}`, 'gone', () => api.send('DELETE', `/api/v1/pools/${encodeURIComponent(pool)}`));
  } else if (what < 0.8) {
    const { state } = await api.get<{ readonly state: string }>(`/api/v1/rollouts/${patch}`);
    const order = state === 'stopped' ? 'resume' : 'stop';
    await askFor(book, 'rollout', order, () => api.send('POST', `/api/v1/rollouts/${patch}/${order}`));
  } else {
    const geolocation = chance.fraction() < 0.5;
    await askFor(book, 'geolocation', String(geolocation), () => api.send('PATCH', '/api/v1/policy', { geolocation }));
  }
}
