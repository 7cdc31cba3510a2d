import type { BenchAnswer } from './bench.ts';
import { figure, table } from './report.ts';
import type { BrokerName } from './stage.ts';

/** One fleet from the first registration to rest. What has no unit in its name is per second. */
export type FleetRun = {
  readonly broker: BrokerName;
  readonly devices: number;
  readonly registrations: number;
  readonly approvals: number;
  readonly grants: number;
  readonly connections: number;
  readonly events: number;
  readonly idleCpuPercent: number;
  readonly pssMib: number;
  readonly rssMib: number;
  /** What the account's PSS grew by, for each device. */
  readonly kibPerDevice: number;
};

const AIM_PER_SECOND = 500;

/** Words what was measured. */
export function fleetAnswer(runs: readonly FleetRun[]): BenchAnswer {
  const head = [
    ...['devices, broker', 'registrations/s', 'approvals/s', 'grants/s', 'connections/s', 'events/s'],
    ...['account, PSS MiB', 'KiB per device', 'idle, % of a core'],
  ];
  const rows = runs.map((run) => [
    `${run.devices.toLocaleString('en-GB')}, ${run.broker}`,
    ...[run.registrations, run.approvals, run.grants, run.connections, run.events].map(figure),
    ...[run.pssMib, run.kibPerDevice, run.idleCpuPercent].map(figure),
  ]);
  return {
    figures: { aimPerSecond: AIM_PER_SECOND, fleets: runs },
    body: `${METHOD}\n\n${table(head, rows)}\n\nAim: at least ${AIM_PER_SECOND} registrations per second.`,
  };
}

const METHOD = `One process plays all devices against one \`account serve\` (SQLite) on the same cores. Each device has a key, an address of
127.0.0.0/8 and TLS connections of its own, ten of them are one source network. *Registration*: TLS handshake, nonce, signed
request, answered \`pending\`, which is committed. *Approval*: one request each over the admin API, 16 at a time. *Grant*: one
signed request, answered with the certificate. *Connection*: TLS handshake with that certificate, MQTT CONNECT and SUBSCRIBE,
status, inventory and health, all acknowledged, by the agent's own MQTT client. *Events*: ten of each device, until the account
has acknowledged them as committed. 64 devices do a step at a time. PSS is of the account alone, all devices connected and at
rest; with Mosquitto the connections are that process's. The quota of a key was raised by \`--pending-quota\`.`;
