import type { WanMessage } from '@ewon-agent/contracts';
import { assert, suite } from '@ewon-agent/contracts/testing';
import { wanText } from './wan.ts';

const at = '2026-03-01T12:01:00.000Z' as WanMessage['at'];
const TOLD: WanMessage = {
  ...{ v: 1, at, epoch: 'e' as WanMessage['epoch'], seq: 7 },
  ...{ link: 'cellular', interface: 'wwan0', state: 'online', connectivity: 'full', since: at, cause: 'WAN_ONLINE' },
  ...{ ip: '10.64.3.9', gateway: '10.64.3.1', dns: ['192.0.2.53'] },
  cellular: { operator: '20601', lac: 6699, cellId: 27447297, technology: 'LTE', signal: -81 },
  fallback: { primary: 'eth1', active: 'wwan0', since: at, returnsAt: at },
  ...{ probes: [], probeBytesThisMonth: 8420, probeBytesMax: 1_000_000, sources: {} },
  history: [
    { at, link: 'ethernet', interface: 'eth1', state: 'offline', connectivity: 'none', cause: 'WAN_LINK_DOWN' },
    { at, link: 'cellular', interface: 'wwan0', state: 'online', connectivity: 'full', cause: 'WAN_ONLINE' },
  ],
};

suite('account wan', (test) => {
  test('all that an Ewon told of its way', () =>
    assert.deepEqual(wanText(TOLD, 'online').split('\n'), [
      `WAN          online, full, since ${at}`,
      'Cause        WAN_ONLINE: The way to the account is whole.',
      `Told         ${at}`,
      'Link         wwan0 (cellular)',
      'Address      10.64.3.9 by 10.64.3.1',
      'Name servers 192.0.2.53',
      'Network      20601 LTE signal -81',
      'Cell         area 6699 cell 27447297',
      `Fallback     wwan0 in place of eth1 since ${at}`,
      `Returns      ${at}`,
      'Probe bytes  8420 of 1000000 in the month',
      'History',
      `  ${at} offline  eth1     WAN_LINK_DOWN`,
      `  ${at} online   wwan0    WAN_ONLINE`,
    ]));

  test('what it did not tell is left out, what nobody knows is shown harmless, and one that is away says so', () => {
    const { ip, gateway, dns, cellular, fallback, interface: _, ...bare } = TOLD;
    const text = wanText({ ...bare, link: 'none', cause: 'WAN_\u001b[2J', history: [] }, 'offline');
    assert.deepEqual(
      text.split('\n').map((line) => line.slice(0, 12).trim()),
      ['WAN', 'Cause', 'Told', 'Link', 'Probe bytes'],
    );
    assert.ok(!text.includes('\u001b') && text.includes('the Ewon is offline now'), text);
  });

  test('one that never told says what to do', () => assert.match(wanText(null, 'online'), /docs\/wan\.md/));
});
