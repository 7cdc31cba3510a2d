import type { BenchAnswer } from './bench.ts';
import { figure, table } from './report.ts';
import type { BrokerName } from './stage.ts';

/** What a fleet does together, one step after the other. */
export const FLEET_STEPS = ['registrations', 'approvals', 'grants', 'connections', 'events'] as const;
export type FleetStep = (typeof FLEET_STEPS)[number];

/** One fleet from the first registration to rest. What has no unit in its name is per second. */
export type FleetRun = {
  readonly broker: BrokerName;
  readonly devices: number;
  readonly registrations: number;
  /** The same devices at the floor, just before. */
  readonly floorRegistrations: number;
  readonly floorCpuMs: number;
  /** What each registration at the account cost the one process that plays all devices. */
  readonly playersCpuMs: number;
  readonly approvals: number;
  readonly grants: number;
  readonly connections: number;
  readonly events: number;
  /** What each one cost the account. */
  readonly cpuMs: Readonly<Record<FleetStep, number>>;
  readonly idleCpuPercent: number;
  readonly pssMib: number;
  readonly rssMib: number;
  /** What the account's PSS grew by, for each device. */
  readonly kibPerDevice: number;
};

const AIM_PER_SECOND = 500;

/** Words what was measured. */
export function fleetAnswer(runs: readonly FleetRun[]): BenchAnswer {
  const name = ({ devices, broker }: FleetRun) => `${devices.toLocaleString('en-GB')}, ${broker}`;
  const rates = runs.map((run) => [name(run), ...FLEET_STEPS.map((step) => figure(run[step]))]);
  const floors = runs.map((run) => [
    ...[name(run), figure(run.registrations), figure(run.floorRegistrations)],
    ...[(run.registrations / run.floorRegistrations).toFixed(2), figure(run.cpuMs.registrations)],
    ...[figure(run.floorCpuMs), (run.cpuMs.registrations / run.floorCpuMs).toFixed(1), figure(run.playersCpuMs)],
  ]);
  const costs = runs.map((run) => [
    ...[name(run), ...FLEET_STEPS.map((step) => figure(run.cpuMs[step]))],
    ...[run.pssMib, run.kibPerDevice, run.idleCpuPercent].map(figure),
  ]);
  const perSecond = table(['per second', ...FLEET_STEPS], rates);
  const besideFloor = table(
    [
      ...[
        'registrations',
        'per second',
        'floor, per second',
        '× floor',
        'CPU ms each',
        'floor, CPU ms each',
        '× floor',
      ],
      'the players, CPU ms each',
    ],
    floors,
  );
  const atRest = ['PSS, MiB', 'KiB per device', 'at rest, % of a core'];
  const cost = table(["the account's CPU ms for one of the", ...FLEET_STEPS, ...atRest], costs);
  return {
    figures: { aimPerSecond: AIM_PER_SECOND, fleets: runs },
    body: `${METHOD}\n\n${perSecond}\n\n${besideFloor}\n\n${cost}\n\n${AIMED}`,
  };
}

const AIMED = `Aim: at least ${AIM_PER_SECOND} registrations per second. The floor is the least a server can do that asks the same of a device,
just before and on the same cores: \`node:https\` with a handshake for each device, a nonce, one Ed25519 signature, one row of SQLite on
the disk before the answer (what comes in together shares a flush). What the floor does not reach, no account in this language does here.
The players are one process of one thread: what each registration costs it is on the same two cores, and by itself sets a limit.`;

const METHOD = `One process plays all devices against one \`account serve\` (SQLite) on the same cores. Each device has a key, an address of
127.0.0.0/8 and TLS connections of its own, ten of them are one source network. *Registration*: TLS handshake, nonce, signed
request, answered \`pending\`, which is committed. *Approval*: one request each over the admin API, 16 at a time. *Grant*: one
signed request, answered with the certificate. *Connection*: TLS handshake with that certificate, MQTT CONNECT and SUBSCRIBE,
status, inventory and health, all acknowledged, by the agent's own MQTT client. *Events*: ten of each device, until the account
has acknowledged them as committed. 64 devices do a step at a time. PSS is of the account alone, all devices connected and at
rest, its garbage collected just before, as before the first; with Mosquitto the connections are that process's. The CPU time is the account's own, all threads, whatever else runs. The quota of a key was raised by \`--pending-quota\`.`;
