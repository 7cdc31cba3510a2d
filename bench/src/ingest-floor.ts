import { DatabaseSync } from 'node:sqlite';
import type { IngestStage, StreamChannel } from './ingest-stage.ts';

/** Messages of one transaction of the floor: as many as the ingest takes at most. */
const TRANSACTION = 500;

const INSERT: Record<StreamChannel, string> = {
  event: `INSERT INTO log (account_id, id, at, name, subject, severity, code, event, device_id, origin)
    VALUES (?, ?, ?, ?, 'Ewon', 'info', NULL, ?, ?, ?)`,
  telemetry: `INSERT INTO telemetry (account_id, device_id, epoch, seq, at, received_at, size_bytes, samples)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
};

/**
 * Writes the rows that the messages become with nothing but `node:sqlite`, into the same tables.
 * @returns how long it took, in milliseconds
 */
export function floorMs(stage: IngestStage, channel: StreamChannel): number {
  const { accountId, file, messages } = stage;
  const database = new DatabaseSync(file);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
  const insert = database.prepare(INSERT[channel]);
  const from = performance.now();
  for (let at = 0; at < messages.length; at += TRANSACTION) {
    database.exec('BEGIN');
    for (const { deviceId, body } of messages.slice(at, at + TRANSACTION)) {
      const samples = JSON.stringify(body['samples'] ?? []);
      if (channel === 'event')
        insert.run(accountId, body.seq, body.at, 'Pump', String(body['text']), deviceId, `${body.epoch}/${body.seq}`);
      else insert.run(accountId, deviceId, body.epoch, body.seq, body.at, body.at, samples.length, samples);
    }
    database.exec('COMMIT');
  }
  const tookMs = performance.now() - from;
  database.close();
  return tookMs;
}
