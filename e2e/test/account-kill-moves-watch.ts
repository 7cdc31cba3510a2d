import { assert } from '@ewon-agent/contracts/testing';
import type { Book } from './account-kill-book.ts';
import { accountOf, goOn, type Moving, sayGoodBye, seen, underWay } from './account-kill-moves.ts';
import { type Moves, readMoves } from './account-kill-moves-read.ts';
import { assertMovesKept, assertNoHalves, assertOwned } from './account-kill-moves-truth.ts';
import { type Beside, beAtWork, type Where } from './account-kill-travellers.ts';
import type { AskDatabase } from './account-kill-truth.ts';

// Looks after each kill how the imports stand in both accounts, and at the end that all of them come to theirs.

type Watched = {
  readonly place: { readonly ask: AskDatabase };
  readonly beside: Beside;
  readonly book: Book;
};

export function createMovesWatch({ place, beside, book }: Watched) {
  let at: Readonly<Record<Where, Moves>> | undefined;
  /** Imports that a kill found running, and so that went on in the next server. */
  const cut: Record<Where, Set<string>> = { here: new Set(), beside: new Set() };
  const read = async () => {
    at = { here: await readMoves(place.ask, at?.here), beside: await readMoves(beside.ask, at?.beside) };
    for (const moves of Object.values(at)) assertNoHalves(moves);
    assertOwned(at, beside.travellers);
    assertMovesKept(at, book.moves);
    return at;
  };
  return {
    /** @throws when an import is there by half, an Ewon is in no account, or something that an account said yes to is not there */
    async read(): Promise<void> {
      const now = await read();
      for (const into of ['here', 'beside'] as const)
        for (const { importId, state } of now[into].imports.values()) if (state === 'running') cut[into].add(importId);
    },
    /** Lets all that has begun come to its end. @throws when something does not, by itself */
    async settle(work: Moving): Promise<void> {
      book.isGone = false;
      // of those that have said no good-bye, the account that they are in tells the other one
      for (const traveller of beside.travellers)
        if (traveller.former) await beAtWork(accountOf(work, traveller.home.where), traveller);
      await seen('all imports are over', async () => {
        for (const into of ['here', 'beside'] as const)
          for (const id of await underWay(work, into)) await goOn(work, into, id, false);
        return (await isSettled(place.ask)) && (await isSettled(beside.ask));
      });
      for (const traveller of beside.travellers) await sayGoodBye(work, traveller);
      const now = await read();
      for (const { key, device } of beside.travellers)
        assert.equal(
          Object.values(now).flatMap(({ ewons }) =>
            [...ewons.values()].filter((ewon) => ewon.key === key && ewon.link === 'linked'),
          ).length,
          1,
          `${device.serial} is in one account`,
        );
    },
    /** For people. */
    told(): string {
      const words = (['here', 'beside'] as const).map((into) => {
        const imports = [...(at?.[into].imports.values() ?? [])];
        const count = (...states: readonly string[]) => imports.filter(({ state }) => states.includes(state)).length;
        const came = at?.[into].letIn.size ?? 0;
        return `imports ${into === 'here' ? 'into it' : 'from it'}: ${imports.length} listed, ${count('running', 'done', 'ended')} started, ${count('done')} done, ${count('ended')} ended by a person, ${cut[into].size} found running by a kill, ${came} Ewons came`;
      });
      return words.join('\n');
    },
  };
}

/** Nothing is awaited any more, and the right to ask the source was given back. */
async function isSettled(ask: AskDatabase): Promise<boolean> {
  const started = await ask(`select state, body from account_import where state <> 'listed'`);
  const isOver = ({ state, body }: (typeof started)[number]) =>
    state !== 'running' && JSON.parse(String(body)).sealedRight === null;
  return started.every(isOver) && (await ask(`select 1 from moving_ewon where state = 'ordered'`)).length === 0;
}
