import type { Board } from '@ewon-agent/board-sim/board';
import type { Scenario } from '@ewon-agent/board-sim/scenario/scenario';
import type { AgentSight, Eyes, Hands, Stage, StageTime } from '@ewon-agent/board-sim/scenario/stage';
import { MINUTE_MS } from '@ewon-agent/contracts';
import { createVirtualHouse, type VirtualHouse } from '../virtual/house.ts';
import { type AskAccount, accountHands, seeAccount } from './account.ts';
import { makeCard, type ScenarioCard } from './card.ts';
import { createKeyRing } from './card-pair.ts';
import { readFileOnCard } from './file-on-card.ts';
import { createSimMedia } from './sim-media.ts';

/** Sets a stage with the simulated board in virtual time: the real agent and the real account in one process. */
export async function setSimStage({ given }: Scenario): Promise<Stage> {
  const media = createSimMedia();
  const house = await createVirtualHouse({
    readImage: media.read,
    markImage: media.mark,
    ...(given.serial ? { ewon: { serial: given.serial } } : {}),
  });
  try {
    const ask: AskAccount = house.admin.call;
    const keyRing = createKeyRing(ask);
    const cards = new Map<string, ScenarioCard>();
    for (const [name, spec] of Object.entries(given.cards ?? {})) {
      const card = await makeCard(spec, await keyRing(spec));
      media.know(card);
      cards.set(name, card);
    }
    const cardOf = (name: string): ScenarioCard => cards.get(name) ?? fail(`no card ${name}`);
    const hands = { ...accountHands(ask), ...boardHands(house, media, cardOf) };
    if (given.autoRegistration) await hands.autoRegistration({ is: given.autoRegistration });
    for (const [slot, name] of Object.entries(given.inserted ?? {})) insertInto(house.board, slot, cardOf(name));
    await house.boot();
    return {
      board: 'sim',
      hands,
      eyes: eyesOn(house, ask, cardOf),
      time: timeOf(house),
      vitals: async () => undefined, // in virtual time the agent is never asked while it works
      close: () => house.close(),
    };
  } catch (cause) {
    await house.close();
    throw cause;
  }
}

type CardOf = (name: string) => ScenarioCard;

function boardHands(house: VirtualHouse, media: ReturnType<typeof createSimMedia>, cardOf: CardOf) {
  const { board } = house;
  const settled = (act: () => void) => async () => {
    act();
    await board.clock.settle();
  };
  const insert = (slot: string, card: string) => settled(() => insertInto(board, slot, cardOf(card)))();
  return {
    insert: ({ slot, card }) => insert(slot, card),
    replace: ({ slot, card }) => insert(slot, card),
    remove: ({ slot }) => settled(() => slotOf(board, slot).remove())(),
    async flap({ slot, card, times, everyMs }) {
      slotOf(board, slot).flap(cardOf(card).image, { times, everyMs });
      await board.clock.advance(times * everyMs);
    },
    async insertAndPull({ slot, card, atRead }) {
      media.pullAtRead(cardOf(card), { atRead, pull: () => slotOf(board, slot).remove() });
      await insert(slot, card);
    },
    keyboard: ({ slot }) => settled(() => slotOf(board, slot).plugDevice('a keyboard'))(),
    powerCut: settled(() => board.power.cut()),
    powerOn: () => house.reboot(),
    reboot: () => house.reboot(),
    wan: ({ is }) => settled(() => (is === 'up' ? board.network.up() : board.network.down('silent')))(),
    clock: async ({ jumpMs }) => board.clock.jump(jumpMs),
    async forget() {
      await house.agent().forget();
      await board.clock.settle();
    },
  } satisfies Hands;
}

function eyesOn(house: VirtualHouse, ask: AskAccount, cardOf: CardOf): Eyes {
  return {
    agent: async () => (house.board.power.isOn() ? sightOf(house) : undefined),
    events: async () => house.events().map(({ code, text }) => ({ code, text })),
    account: () => seeAccount(ask),
    cardFile: (card, file) => readFileOnCard(cardOf(card).image, file),
  };
}

function sightOf(house: VirtualHouse): AgentSight {
  const { registration, uplink, slots, startCount } = house.agent().status();
  return {
    registration: registration.state,
    ...(registration.last ? { lastCode: registration.last.code } : {}),
    uplink: uplink.state,
    slots,
    led: house.board.led.shown.pattern ?? 'unknown',
    starts: startCount,
  };
}

/** So many looks a deadline is divided into; the account is asked at each, which costs milliseconds. */
const LOOKS = 100;

function timeOf({ board: { clock } }: VirtualHouse): StageTime {
  return {
    now: clock.elapsedMs,
    patience: 1,
    wait: clock.advance,
    async until(look, withinMs) {
      const endMs = clock.elapsedMs() + withinMs;
      const stepMs = Math.min(Math.max(withinMs / LOOKS, 10), MINUTE_MS);
      await clock.settle();
      while (!(await look())) {
        if (clock.elapsedMs() >= endMs) return false;
        await clock.advance(Math.min(stepMs, endMs - clock.elapsedMs()));
      }
      return true;
    },
  };
}

function insertInto(board: Board, slot: string, { image, lock }: ScenarioCard): void {
  slotOf(board, slot).insert(image, lock === 'writeProtected' ? lock : undefined);
}

function slotOf(board: Board, slot: string) {
  if (slot === 'sd0' || slot === 'usb1') return board.slots[slot];
  return fail(`the simulated board has no slot ${slot}`);
}

function fail(why: string): never {
  throw new Error(why);
}
