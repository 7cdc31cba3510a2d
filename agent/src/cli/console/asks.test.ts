import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { err, type Grk, grkIdOf, isBoundBy, ok, publicKeyOf, type Result, readGrkBinding } from '@ewon-agent/contracts';
import { assert, assertFault, assertOk, suite } from '@ewon-agent/contracts/testing';
import { type ControlOrder, serveControl } from '../../adapters/control-socket.ts';
import { openDeviceKey } from '../../adapters/device-key-file.ts';
import type { AgentConfig } from '../../config/schema.ts';
import { SHOWN } from '../../core/console/commands/show.ts';
import type { OrderName } from '../../core/console/commands.ts';
import { rowsOf } from '../../core/console/pager.ts';
import { LOCAL_PERSON } from '../../core/console/session.ts';
import type { SavedRequest, WizardGiven } from '../../core/model.ts';
import { AGENT_VERSION } from '../../version.ts';
import { askAgent } from './asks.ts';

const KEY = `A01-${'K7'.repeat(16)}` as Grk;
const AT = '2026-03-01T12:00:00.000Z';
const ON = { on: true, by: 'account', why: 'policy 1772366411 of the account' };
const TEXT = 'a long text of somebody else, '.repeat(6);
const told = (code: string) => ({ code, text: TEXT, next: TEXT, detail: '\x1b[2Jdetail' });

/** What a running agent answers, with all that can be long in it. */
const ANSWERS: Readonly<Record<string, unknown>> = {
  status: {
    ...{ agent: '1.2.3', startCount: 7, fingerprint: 'aaaa-bbbb-cccc-dddd', led: 'green, steady' },
    registration: {
      ...{ state: 'registered', account: 'ACME', directoryUrl: `https://acme.example/${'x'.repeat(80)}`, grkId: 'g_1' },
      ...{
        deviceId: 'd_0123456789abcdef',
        name: '\x1b]0;owned\x07pump',
        pool: 'north',
        last: told('IDENTITY_QUARANTINED'),
      },
    },
    uplink: { state: 'online', since: AT },
    slots: [
      { slot: 'sd0', state: 'settled', code: 'BAD_SIGNATURE', detail: TEXT, card: { wiped: true, receipt: 'X' } },
      { slot: 'usb0', state: 'empty' },
    ],
    location: { ...ON, ledger: [] },
    events: Array.from({ length: 20 }, (_, i) => ({ at: AT, code: `EVENT_${i}`, text: TEXT })),
  },
  wan: {
    ...{ link: 'cellular', interface: 'wwan0', state: 'degraded', connectivity: 'limited', since: AT },
    ...{ cause: 'WAN_UNPROVED', detail: TEXT, probeBytesThisMonth: 1, probeBytesMax: 2, sources: {} },
    fallback: { primary: 'eth0', active: 'wwan0', since: AT, returnsAt: AT },
    probes: Array.from({ length: 16 }, () => ({ layer: 'transport', ms: 1234 })),
    history: [{ at: AT, interface: 'wwan0', state: 'online', cause: 'WAN_PROVED' }],
    links: [{ name: 'wwan0', dns: { value: Array(9).fill('2001:db8::1'), by: 'kernel', sinceMs: 0 } }],
  },
  location: {
    ...{ ...ON, sources: ['cells', 'wifi', 'gnss'] },
    ledger: [{ did: 'sent', what: TEXT, at: AT, until: AT, times: 9 }],
  },
  patch: {
    ...{ state: 'waiting', reason: 'PATCH_WINDOW_CLOSED', detail: TEXT, agent: '1.2.3', remoteManagement: ON },
    offered: [
      {
        ...{ path: `agent/${'x'.repeat(60)}`, version: '1.2.4', severity: 'critical', reason: 'PATCH_WINDOW_CLOSED' },
        cves: Array(9).fill('CVE-2026-12345'),
      },
    ],
  },
  policy: {
    ...{ account: 'ACME', version: 3, issuedAt: AT, decisions: { geolocation: ON, remoteManagement: ON } },
    denied: Array(9).fill('CVE-2026-12345'),
    accountKeys: Array(4).fill('aaaa-bbbb-cccc-dddd'),
  },
  health: {
    status: { registration: { state: 'registered' }, uplink: { state: 'waiting', trouble: 'UPLINK_UNREACHABLE' } },
    own: {
      queued: 9,
      queuedBytes: 9000,
      offlineHours: 3,
      dropped: { telemetry: 5 },
      rssBytes: 3e8,
      uptimeMs: 1,
      bytesPerDay: 3e9,
    },
    wan: { cause: 'WAN_CELL_LOST' },
  },
  forget: null,
  patchConfirm: { ok: false, fault: { code: 'NOT_LINKED', detail: '' } },
  patchLook: { ok: true, value: null },
  drill: { ok: true, value: [{ link: 'eth0', whole: true, probes: [{ layer: 'dns', ms: 3 }], bytes: 900 }] },
};

suite('what a console asks', (test) => {
  let dir = '';
  let control: Awaited<ReturnType<typeof serveControl>> | undefined;
  let orders: ControlOrder[] = [];
  let outcome: Result<unknown> = ok(undefined);
  const config = () =>
    ({ stateDir: dir, slots: { sd0: { image: '/x/sd0.img' } }, location: {} }) as unknown as AgentConfig;
  test.before.each(async () => {
    dir = mkdtempSync(join(tmpdir(), 'console-'));
    orders = [];
    control = await serveControl(join(dir, 'control.sock'), async (order) => {
      orders.push(order);
      return typeof order === 'object' ? outcome : ANSWERS[String(order)];
    });
  });
  test.after.each(async () => {
    await control?.close();
    rmSync(dir, { recursive: true });
  });

  const asks = (what: OrderName, ...given: readonly string[]) =>
    askAgent(config(), { what, given }, { person: LOCAL_PERSON, signal: new AbortController().signal });

  for (const word of SHOWN) {
    test(`show ${word} fits 80 columns, is harmless, and has a value for scripts`, async () => {
      const { lines, value } = assertOk(await asks(`show ${word}`));
      assert.ok(value !== undefined && lines.length > 0);
      const rows = rowsOf(lines, 80);
      for (const row of rows) assert.ok(row.length < 80 && /^[ -~]*$/.test(row), row);
      assert.ok(!rows.some((row) => row.startsWith('%')), rows.join('\n'));
      assert.ok(word === 'slots' || word === 'version' || word === 'tech' || orders.length === 1, `${orders}`);
    });
  }

  test('each narrower question is answered by what it is about', async () => {
    const show = async (word: (typeof SHOWN)[number]) => assertOk(await asks(`show ${word}`)).lines.join('\n');
    assert.match(await show('card'), /^Next .*\nSlot sd0 +settled BAD_SIGNATURE .*\nSlot usb0 +empty\nLED /);
    assert.match(await show('identity'), /^Agent .*\nKey .*\nAccount .*\nEwon .*\nPool +north$/);
    assert.match(await show('uplink'), /^Agent .*\nAt .*\nLast .*\n .*\nNext .*\nUplink +online since 2026/);
    assert.match(await show('registration'), /Registration +registered\n(.*\n)*Last +IDENTITY_QUARANTINED/);
    assert.doesNotMatch(await show('registration'), /Slot|Uplink|EVENT_/);
    const log = await show('log');
    assert.ok(log.startsWith('2026-03-01T12:00:00Z EVENT_0 ') && log.includes('EVENT_19 '), log);
    assert.equal(await show('version'), `ewon-agent ${AGENT_VERSION}`);
  });

  test('show tech has every show under its name, and what diag prints; one that fails does not hide the others', async () => {
    const { lines } = assertOk(await asks('show tech'));
    const heads = lines.filter((line) => line.startsWith('---'));
    const shows = SHOWN.filter((word) => word !== 'tech').map((word) => `--- show ${word} ---`);
    assert.deepEqual(heads, [...shows, '--- ewon-agent diag ---']);
    await control?.close();
    control = undefined;
    const without = assertOk(await asks('show tech')).lines.join('\n');
    assert.match(without, /--- show status ---\nAGENT_NOT_RUNNING: .*[\s\S]*--- show version ---\newon-agent /);
  });

  test('orders go to the agent, and its refusals come back', async () => {
    assert.match(String(assertOk(await asks('forget')).lines), /being unlinked/);
    assertFault(await asks('patch confirm'), 'NOT_LINKED');
    assert.match(String(assertOk(await asks('patch download')).lines), /being read/);
    assert.match(String(assertOk(await asks('wan drill')).lines), /eth0 +whole: dns 3 ms/);
    assert.deepEqual(orders, ['forget', 'patchConfirm', 'patchLook', 'drill']);
  });

  test('a key that was typed makes what a card with it makes, and is not in it', async () => {
    const device = (await openDeviceKey(dir)).device;
    const [url, caFile] = ['https://account.test/device/v1/directory', join(dir, 'ca.crt')];
    writeFileSync(caFile, 'PEM');
    const given = { ...config(), account: { url, caFile } } as unknown as AgentConfig;
    const type = (what: OrderName, ...answers: readonly string[]) =>
      askAgent(given, { what, given: answers }, { person: LOCAL_PERSON, signal: new AbortController().signal });
    assert.match(String(assertOk(await type('register', ` T2MKey:${KEY} `)).lines), /being asked/);
    assert.match(String(assertOk(await type('register move', KEY)).lines), /leaves its account/);
    const [register, move] = orders.map((order) => Object(order)) as [
      { register: SavedRequest },
      { move: SavedRequest },
    ];
    for (const request of [register.register, move.move]) {
      assert.deepEqual([request.grkId, request.evidence.slot], [grkIdOf(KEY), 'console']);
      const binding = assertOk(readGrkBinding(request.grkBinding));
      assert.deepEqual(binding.publicKey, publicKeyOf(device.jwk));
      assert.ok(isBoundBy(binding, KEY));
    }
    assert.ok(!JSON.stringify(orders).includes(KEY));
    const wrong = assertFault(await type('register', `${KEY}x`), 'REGISTER_KEY_BAD');
    assert.ok(!JSON.stringify(wrong).includes(KEY.slice(4)));
    assertFault(await asks('register', KEY), 'ACCOUNT_NOT_CONFIGURED');
  });

  test('what the wizard is given goes to the agent, and what came of it is told', async () => {
    const [url, caFile] = ['https://account.test/device/v1/directory', join(dir, 'ca.crt')];
    writeFileSync(caFile, 'PEM');
    const given = { ...config(), account: { url, caFile } } as unknown as AgentConfig;
    const type = (...answers: readonly string[]) =>
      askAgent(
        given,
        { what: 'wizard', given: answers },
        { person: LOCAL_PERSON, signal: new AbortController().signal },
      );
    assertFault(await type('Acme', 'anna', '', '', 'press-4'), 'USAGE');
    outcome = ok({ account: 'Acme', name: 'press-4', pool: 'north' });
    assert.match(
      String(assertOk(await type('Acme', ' anna', 'tr0ub4dor&3', '', 'press-4 ')).lines),
      /Joined account Acme as press-4/,
    );
    const { wizard } = orders[0] as { wizard: WizardGiven };
    assert.deepEqual(
      [wizard.wizard, wizard.secret],
      [{ account: 'Acme', user: 'anna', name: 'press-4' }, { password: 'tr0ub4dor&3' }],
    );
    outcome = err('NAME_TAKEN', 'press-4');
    assertFault(await type('Acme', 'anna', 'x', '123456', 'press-4'), 'NAME_TAKEN');
  });

  test('where no agent runs, that is what is told', async () => {
    await control?.close();
    control = undefined;
    for (const what of ['show status', 'wan drill', 'forget'] as const)
      assertFault(await asks(what), 'AGENT_NOT_RUNNING');
  });
});
