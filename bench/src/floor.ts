import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { collectGarbage } from '@ewon-agent/agent/adapters/collect-garbage';
import mqtt from 'mqtt';

// The floor: the least a program can be that does what any such agent must (one TLS MQTT connection by the same
// client, one SQLite file). What the agent takes beyond this is the agent's own. It gives back what its start left behind, as
// the agent does: with `"tidies": false` it leaves that to Node, and a comparison to chance.

/** As long after it came online as the agent does it. */
const TIDY_MS = 60_000;

type Floor = {
  url: string;
  ca: string;
  certificate: string;
  privateKey: string;
  clientId: string;
  database: string;
  tidies: boolean;
};
const floor: Floor = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));

const db = new DatabaseSync(floor.database);
db.exec(
  'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, text TEXT)',
);
db.prepare('INSERT INTO t (text) VALUES (?)').run('floor');

const client = mqtt.connect(floor.url, {
  ca: floor.ca,
  cert: floor.certificate,
  key: floor.privateKey,
  clientId: floor.clientId,
  protocolVersion: 4,
  clean: true,
  keepalive: 60,
});
client.on('connect', () => {
  process.stdout.write('online\n');
  if (floor.tidies) setTimeout(collectGarbage, TIDY_MS);
});
client.on('error', (cause) => process.stderr.write(`${cause.message}\n`));
