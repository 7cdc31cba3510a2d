import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { SqliteDialect, type SqliteStatement } from 'kysely';

/** How long a write waits for another process that holds the file, a backup for example. */
const BUSY_TIMEOUT_MS = 5000;
/** Statements kept ready. The store has about a hundred; the rest is made by hand in tests. */
const STATEMENTS_KEPT = 200;

/**
 * Kysely's dialect over `node:sqlite`. A committed transaction is on the disk (synchronous FULL), also after a power cut.
 * @param path of the database file, or `:memory:`
 */
export function nodeSqliteDialect(path: string): SqliteDialect {
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true });
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
  const statements = new Map<string, SqliteStatement>();
  return new SqliteDialect({
    database: {
      close: () => database.close(),
      prepare(sql) {
        const known = statements.get(sql);
        if (known) return known;
        const made = statementOf(database.prepare(sql));
        if (statements.size < STATEMENTS_KEPT) statements.set(sql, made);
        return made;
      },
    },
  });
}

function statementOf(statement: StatementSync): SqliteStatement {
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...parameters.map(inputOf)),
    run: (parameters) => statement.run(...parameters.map(inputOf)),
    iterate: (parameters) => statement.iterate(...parameters.map(inputOf)),
  };
}

function inputOf(value: unknown): SQLInputValue {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint')
    return value;
  throw new Error(`this is a bug: SQLite cannot store ${typeof value}`);
}
