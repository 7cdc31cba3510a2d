import { renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { RegistrationView } from '@ewon-agent/account/http/views';
import type { BoardWithAgent } from '@ewon-agent/e2e/board-with-agent';
import type { Stage } from './stage.ts';
import type { Witness } from './witness.ts';

/** How long the steps of one registration took, in milliseconds. */
export type Registered = {
  readonly deviceId: string;
  /** From before the card is put in until the answer that shows the row has been read. */
  readonly pendingMs: number;
  /** The agent's own part of that, as it says itself: until the request is saved and being sent. */
  readonly sentMs: number;
  /** From before the approval is sent until the answer that shows the Ewon online has been read. */
  readonly onlineMs: number;
  /** The part of that until the account has answered the approval. */
  readonly approvalMs: number;
};

export type RegisterOrder = {
  readonly onBoard: BoardWithAgent;
  readonly stage: Stage;
  readonly witness: Witness;
  readonly serial: string;
};

/** Does the main job once: puts the card in, waits for the row, approves it, waits until the Ewon is online. */
export async function register({ onBoard, stage, witness, serial }: RegisterOrder): Promise<Registered> {
  const { api } = stage.account;
  const [cardInMs, cardInAtMs] = [performance.now(), Date.now()];
  putCard(stage.card, onBoard.board.addresses.slotsDir);
  const pending = await witness.until(async () => rowOf(await api.pending(), serial));
  const approveMs = performance.now();
  await api.send('POST', `/api/v1/registrations/${pending.seen.id}/approve`);
  const approvedMs = performance.now();
  const online = await witness.until(async () =>
    (await api.ewons()).find((ewon) => ewon.serial === serial && ewon.status === 'online'),
  );
  return {
    deviceId: online.seen.deviceId,
    pendingMs: pending.atMs - cardInMs,
    sentMs: (await sentAtMs(onBoard)) - cardInAtMs,
    onlineMs: online.atMs - approveMs,
    approvalMs: approvedMs - approveMs,
  };
}

/** When the request was saved and being sent, by the event of the agent; its clock is this machine's. */
async function sentAtMs(onBoard: BoardWithAgent): Promise<number> {
  const sent = (await onBoard.status()).events.find(({ code }) => code === 'REGISTRATION_SENT');
  if (!sent) throw new Error('this is a bug: an Ewon online without a request');
  return Date.parse(sent.at);
}

/** Puts a card into slot sd0 as the board itself does: a link, renamed to its place. */
function putCard(card: string, slotsDir: string): void {
  const coming = join(slotsDir, '.sd0.bench');
  symlinkSync(card, coming);
  renameSync(coming, join(slotsDir, 'sd0.img'));
}

function rowOf(rows: readonly RegistrationView[], serial: string): RegistrationView | undefined {
  return rows.find((row) => row.serial === serial);
}
