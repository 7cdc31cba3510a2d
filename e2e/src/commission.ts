import type { AccountProcess } from './account-process.ts';
import type { BoardWithAgent } from './board-with-agent.ts';

/** Puts a card in, approves the only Ewon that waits, and resolves when it is online. */
export async function commission(onBoard: BoardWithAgent, account: AccountProcess, card: string): Promise<void> {
  await onBoard.board.slots.sd0.insert(card);
  await onBoard.statusUntil(({ registration }) => registration.state === 'pending', 'pending');
  const [request] = await account.api.pending();
  await account.api.send('POST', `/api/v1/registrations/${request?.id}/approve`);
  await onBoard.statusUntil(({ uplink }) => uplink.state === 'online', 'online');
}
