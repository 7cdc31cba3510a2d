import { DatabaseSync } from 'node:sqlite';
import { quantile } from './statistics.ts';

// The floor: the least that makes messages durable with the same library, 64 to a flush, with nobody who offers them.

const GROUP = 64;

export type OutboxFloor = {
  /** Writes for a time. What a message waits for is the commit of its group. */
  round(seconds: number): { readonly perSecond: number; readonly p50Ms: number; readonly p99Ms: number };
  close(): void;
};

export function createOutboxFloor(path: string, body: string): OutboxFloor {
  const db = new DatabaseSync(path);
  db.exec(
    'PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE t (id INTEGER PRIMARY KEY, body TEXT NOT NULL)',
  );
  const [begin, insert, commit] = ['BEGIN', 'INSERT INTO t (body) VALUES (?)', 'COMMIT'].map((sql) => db.prepare(sql));
  return {
    round(seconds) {
      const latencies: number[] = [];
      const from = performance.now();
      for (let started = from; started < from + seconds * 1000; started = performance.now()) {
        begin?.run();
        for (let i = 0; i < GROUP; i += 1) insert?.run(body);
        commit?.run();
        latencies.push(performance.now() - started);
      }
      const perSecond = (latencies.length * GROUP * 1000) / (performance.now() - from);
      db.exec('DELETE FROM t');
      return { perSecond, p50Ms: quantile(latencies, 0.5), p99Ms: quantile(latencies, 0.99) };
    },
    close: () => db.close(),
  };
}
