import { readFileSync } from 'node:fs';
import { probeWay } from '@ewon-agent/agent/adapters/wan-probe';

// A program for a namespace: one proof from an address, as JSON. `node probe-here.ts URL CA-FILE ADDRESS NAME-SERVER`.

const [url = '', caFile = '', ip = '', dns = ''] = process.argv.slice(2);
const ca = readFileSync(caFile, 'utf8');
const order = { url, ca, ip, depth: 'account', nameServers: [dns], timeoutMs: 5000, proxyOf: () => undefined } as const;
process.stdout.write(JSON.stringify(await probeWay(order)));
