import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AccountProcess } from './account-process.ts';
import { type BoardWithAgent, startBoardWithAgent } from './board-with-agent.ts';

/** Starts a board below `dir` and commissions it with a card of the account: an Ewon that is registered and online. */
export async function startCommissioned(dir: string, account: AccountProcess): Promise<BoardWithAgent> {
  const card = join(dir, 'card.img');
  writeFileSync(card, await account.api.cardImage('line 4'));
  const trusted = { url: account.deviceUrl, caFile: account.ca };
  const onBoard = await startBoardWithAgent({ dir: join(dir, 'board'), account: trusted });
  try {
    await commission(onBoard, account, card);
    return onBoard;
  } catch (cause) {
    await onBoard.board.stop();
    throw cause;
  }
}

/** Puts a card in, approves the only Ewon that waits, and resolves when it is online. */
export async function commission(onBoard: BoardWithAgent, account: AccountProcess, card: string): Promise<void> {
  await onBoard.board.slots.sd0.insert(card);
  await onBoard.statusUntil(({ registration }) => registration.state === 'pending', 'pending');
  const [request] = await account.api.pending();
  await account.api.send('POST', `/api/v1/registrations/${request?.id}/approve`);
  await onBoard.statusUntil(({ uplink }) => uplink.state === 'online', 'online');
}
