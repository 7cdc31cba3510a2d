import type { AccountLinkPort } from './account-link.ts';
import type { BoardPort } from './board.ts';
import type { ClockPort } from './clock.ts';
import type { FirmwarePort } from './firmware.ts';
import type { LedPort } from './led.ts';
import type { LogPort } from './log.ts';
import type { OutboxPort } from './outbox.ts';
import type { RandomPort } from './random.ts';
import type { SlotPort } from './slot.ts';
import type { StateStorePort } from './state-store.ts';
import type { UplinkPort } from './uplink.ts';

/** Everything a board offers the agent. `main.ts` builds it from adapters, `createBoard()` from a simulated board; the wiring cannot tell. */
export type Ports = {
  readonly clock: ClockPort;
  readonly random: RandomPort;
  readonly slots: SlotPort;
  readonly led: LedPort;
  readonly board: BoardPort;
  readonly firmware: FirmwarePort;
  readonly store: StateStorePort;
  readonly outbox: OutboxPort;
  readonly account: AccountLinkPort;
  readonly uplink: UplinkPort;
  readonly log: LogPort;
};
