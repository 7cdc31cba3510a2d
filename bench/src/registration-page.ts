import type { BenchAnswer } from './bench.ts';
import type { Registered } from './register.ts';
import { SPREAD_HEAD, spreadCells, table } from './report.ts';
import { BROKERS, type BrokerName } from './stage.ts';
import { spread } from './statistics.ts';

/** One Ewon registered, and what the machine itself took just before. */
export type RegistrationRun = Omit<Registered, 'deviceId'> & {
  readonly broker: BrokerName;
  readonly durableWriteMs: number;
  readonly handshakeMs: number;
};

const AIM_MS = 500;
const SENT_AIM_MS = 100;

/** Words what was measured. */
export function registrationAnswer(runs: readonly RegistrationRun[]): BenchAnswer {
  const of = (broker: BrokerName, figure: keyof Omit<RegistrationRun, 'broker'>) =>
    spread(runs.filter((run) => run.broker === broker).map((run) => run[figure]));
  const figures = BROKERS.map((broker) => ({
    broker,
    cardInToPendingMs: of(broker, 'pendingMs'),
    cardInToSentMs: of(broker, 'sentMs'),
    approveToOnlineMs: of(broker, 'onlineMs'),
    approvalAnsweredMs: of(broker, 'approvalMs'),
    reference: { durableWriteMs: of(broker, 'durableWriteMs'), handshakeMs: of(broker, 'handshakeMs') },
  }));
  const rows = figures.flatMap((figure) => [
    [`card in → pending, ${figure.broker}`, ...spreadCells(figure.cardInToPendingMs), `median ≤ ${AIM_MS}`],
    [
      `its first part, the agent's: request saved and being sent, ${figure.broker}`,
      ...spreadCells(figure.cardInToSentMs),
      `median ≤ ${SENT_AIM_MS}`,
    ],
    [`approve → online, ${figure.broker}`, ...spreadCells(figure.approveToOnlineMs), `median ≤ ${AIM_MS}`],
    [`its first part: approval answered, ${figure.broker}`, ...spreadCells(figure.approvalAnsweredMs), ''],
    [`*machine:* 4 KiB, fsync, rename, ${figure.broker}`, ...spreadCells(figure.reference.durableWriteMs), ''],
    [`*machine:* one TLS handshake, ${figure.broker}`, ...spreadCells(figure.reference.handshakeMs), ''],
  ]);
  return {
    figures: { aimMs: AIM_MS, brokers: figures },
    body: `${METHOD}\n\n${table(['ms', ...SPREAD_HEAD, 'aim'], rows)}\n\n${PEER}`,
  };
}

const METHOD = `Account, board and agent (bundled, as it is installed) are processes of their own over TLS; the witness is a fourth
one. Each run is a new Ewon with an empty state whose agent watches its slots before the card goes in; both brokers take
turns. The clock starts before the card is linked into the slot, and before the approval is sent. It stops when the witness
has read the row in \`GET /api/v1/registrations?state=pending\`, or \`online\` in \`GET /api/v1/ewons\`: it asks again 2 ms after
each answer, and at once when the account's event stream tells of a change. What its asking costs is in the figures.
The machine's own share is measured before each run: one durable write, and one handshake with the account.`;

const PEER = `Beside it, documented and not measured: a genuine Ewon detects the card within 5 s and processes it in 1 to 20 s; it reboots
when the card is pulled, and its Talk2M wizard then takes up to about a minute (HMS AUG-0062-00 v1.4, §4, §5.1 and §5.5).`;
