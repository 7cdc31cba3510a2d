import type { AccountStore, Store } from '../store/store.ts';
import { accountRow } from './records.ts';

/** An empty store, and how to open the same one again. */
export type StoreFixture = { open(): Promise<Store>; remove(): Promise<void> };

/** What a test does with an account of a fresh store. */
export type OnStore = (account: AccountStore, store: Store, fixture: StoreFixture) => Promise<void>;

/** Makes what runs a test on an account of a fresh store. */
export function onStore(makeFixture: () => Promise<StoreFixture>): (body: OnStore) => () => Promise<void> {
  return (body) => async () => {
    const fixture = await makeFixture();
    const store = await fixture.open();
    try {
      const row = accountRow();
      await store.createAccount(row);
      await body(store.account(row.accountId), store, fixture);
    } finally {
      await store.close();
      await fixture.remove();
    }
  };
}
