import { err, ok, toUtf8 } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { link, SD0, USB1 } from '../testing/fixtures.ts';
import { type AgentContext, type AgentEvent, type AgentState, agentTransition, initialState } from './agent.ts';
import type { LoadedFile } from './card-files.ts';
import { ledOf, outcomeOf } from './led.ts';
import { ALL_ON } from './policy.ts';

const context: AgentContext = {
  device: { jwk: { kty: 'OKP', crv: 'Ed25519', x: 'A'.repeat(43) }, csr: 'CSR' },
  policy: { account: { directoryUrl: 'https://account.test/device/v1/directory', ca: 'PEM' } },
  slotsOff: new Set(),
  takesFiles: true,
  switches: ALL_ON,
};
const OTHERS = ['ewonfwr.edf', 'backup.tar', 'comcfg.txt'];
const T2M = toUtf8('T2MKey:A01-0123456789ABCDEFGHIJKLMNOPQRSTUV\r\n');
type Given = {
  slot?: typeof SD0;
  t2m?: 'there';
  loaded?: readonly LoadedFile[];
  from?: AgentState;
  with?: Partial<AgentContext>;
};

/** Reads a card with three files for the firmware, and T2M.txt where it is given. */
function readCard(given: Given) {
  const { slot = SD0, loaded } = given;
  const files = { otherFiles: OTHERS, ...(given.t2m && { t2mTxt: T2M }) };
  const events: readonly AgentEvent[] = [
    { on: 'CardInserted', slot, insertion: 'i1' },
    { on: 'CardRead', slot, insertion: 'i1', result: ok(files), requestId: 'r1', ...(loaded && { loaded }) },
  ];
  let state = given.from ?? initialState({ at: 'unregistered' });
  const told: string[] = [];
  for (const event of events) {
    const [next, effects] = agentTransition(state, event, { ...context, ...given.with });
    state = next;
    for (const e of effects) if (e.do === 'report') told.push(`${e.code} ${e.detail}`.trim());
  }
  return {
    state,
    told,
    outcome: outcomeOf(state.slots[slot] ?? { at: 'empty' }, state.registration),
    led: ledOf(state),
  };
}

suite('files of a card for the firmware', (test) => {
  test('without a way to the firmware each gets an outcome in the strict order, and the registration follows', () => {
    const { told, led } = readCard({ t2m: 'there' });
    assert.deepEqual(told.slice(0, 6), [
      'SD_INSERTED slot sd0',
      'CARD_FILE_NOT_TAKEN slot sd0: ewonfwr.edf',
      'CARD_FILE_NOT_TAKEN slot sd0: backup.tar',
      'CARD_FILE_NOT_TAKEN slot sd0: comcfg.txt',
      told[4],
      'SD_FILE_LOADED T2M.txt',
    ]);
    assert.match(told[4] ?? '', /^CARD_USABLE/);
    assert.equal(led, 'cardWorking');
  });

  test('a card with such files only is red, and each of them is named once', () => {
    const { told, outcome, led } = readCard({});
    assert.equal(told.filter((t) => t.startsWith('CARD_FILE_NOT_TAKEN')).length, 3);
    assert.equal(outcome?.code, 'CARD_FILE_NOT_TAKEN');
    assert.equal(led, 'cardFailed');
  });

  test('files that the firmware took are told in the words of an Ewon, and the LED is green', () => {
    const { told, outcome, led } = readCard({ slot: USB1, loaded: OTHERS.map((name) => ({ name })) });
    assert.deepEqual(told.slice(0, 4), ['USB_INSERTED slot usb1', ...OTHERS.map((name) => `USB_FILE_LOADED ${name}`)]);
    assert.equal(outcome?.code, 'CARD_FILES_LOADED');
    assert.equal(led, 'cardOk');
  });

  test('a file that the firmware declined makes the card red, whatever came after it', () => {
    const { fault } = err('FIRMWARE_UNREACHABLE', 'timeout');
    const loaded = [{ name: 'ewonfwr.edf', fault }, { name: 'backup.tar' }, { name: 'comcfg.txt' }];
    const { told, outcome, led } = readCard({ loaded });
    assert.ok(told.includes('SD_FILE_LOADED backup.tar'));
    assert.deepEqual(outcome, { code: 'FIRMWARE_UNREACHABLE', detail: 'ewonfwr.edf: timeout' });
    assert.equal(led, 'cardFailed');
  });

  test('a linked Ewon takes files and ignores T2M.txt; where it takes nothing the card is not read', () => {
    const from = initialState({ at: 'registered', link: link() });
    const { told } = readCard({ t2m: 'there', loaded: OTHERS.map((name) => ({ name })), from });
    assert.ok(told.includes('SD_FILE_LOADED comcfg.txt'));
    assert.ok(told.some((t) => t.startsWith('CARD_IGNORED_LINKED')) && !told.includes('SD_FILE_LOADED T2M.txt'));
    assert.equal(readCard({ t2m: 'there', from, with: { takesFiles: false } }).told.length, 2);
  });

  test('of a card that was pulled meanwhile, what the firmware had taken by then is told, and nothing is offered', () => {
    const { fault } = err('CARD_GONE', 'pulled');
    const loaded = [{ name: 'ewonfwr.edf' }, { name: 'backup.tar', fault }, { name: 'comcfg.txt', fault }];
    const gone = initialState({ at: 'unregistered' });
    const [after, effects] = agentTransition(
      gone,
      {
        on: 'CardRead',
        slot: SD0,
        insertion: 'i1',
        result: ok({ otherFiles: OTHERS, t2mTxt: T2M }),
        loaded,
        requestId: 'r1',
      },
      context,
    );
    assert.equal(after, gone);
    assert.deepEqual(effects, [{ do: 'report', code: 'SD_FILE_LOADED', detail: 'ewonfwr.edf' }]);
  });

  test('while files are handed over the LED blinks slowly', () => {
    const [reading] = agentTransition(
      initialState({ at: 'unregistered' }),
      { on: 'CardInserted', slot: SD0, insertion: 'i1' },
      context,
    );
    assert.equal(ledOf(reading), 'cardSeen');
    const [loading] = agentTransition(reading, { on: 'CardLoading', slot: SD0, insertion: 'i1' }, context);
    assert.equal(ledOf(loading), 'cardWorking');
  });

  test('a slot that is switched off is told with the name of its switch, and its card is not read', () => {
    const { told, led } = readCard({ slot: USB1, t2m: 'there', with: { slotsOff: new Set([USB1]) } });
    assert.deepEqual(told, ['USB_INSERTED slot usb1', 'CARD_SLOT_OFF slot usb1: USBConfigEnable is 0']);
    assert.equal(led, 'running');
  });
});
