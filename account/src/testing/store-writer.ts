import { nodeSqliteDialect } from '../store/dialect-node-sqlite.ts';
import { openStore } from '../store/store-kysely.ts';
import { accountRow, logEntry, registrationRecord } from './records.ts';

// Writes a record and its log line in one transaction after another, says each on stdout when it was committed, and
// goes on until it is killed. Run by store-kysely.test.ts.

const store = await openStore(nodeSqliteDialect(process.argv[2] ?? ''));
const row = accountRow();
await store.createAccount(row);
const account = store.account(row.accountId);
for (let n = 1; ; n++) {
  await account.transact(async (tx) => {
    await tx.insertRegistration(registrationRecord());
    await tx.appendLog(logEntry());
  });
  process.stdout.write(`${n}\n`);
}
