import { assert, suite } from '@ewon-agent/contracts/testing';
import { AT_SILENCE, readAt } from '@ewon-agent/firmware-bridge/core/at';
import type { AtAnswer } from '@ewon-agent/firmware-bridge/core/at-answers';
import { parseEstat } from '@ewon-agent/firmware-bridge/core/estat';
import { type EwonFall, ewonFall, ewonReading, fallReading, linkThroughEwon } from './wan-ewon.ts';
import { type KernelTexts, kernelReadings, type SysfsLink } from './wan-kernel.ts';
import { activeOf, EWON_LINK, type LinkReading, mergeReadings } from './wan-link.ts';
import { modemReading } from './wan-modem.ts';
import { networkManagerReadings } from './wan-network-manager.ts';
import { portalIn } from './wan-portal.ts';

const ROUTES = [
  'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
  'eth0\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0',
  'eth0\t000200C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0',
  'ppp0\t00000000\t00000000\t0001\t0\t0\t700\t00000000\t0\t0\t0',
  '*\t00000000\t00000000\t0200\t0\t0\t4096\t00000000\t0\t0\t0',
].join('\n');
const ARP = [
  'IP address       HW type     Flags       HW address            Mask     Device',
  '192.0.2.1        0x1         0x2         02:00:00:00:00:01     *        eth0',
].join('\n');
const eth = (more: Partial<SysfsLink> = {}): SysfsLink => {
  return { name: 'eth0', operstate: 'up', flags: '0x1003', carrier: '1', type: '1', isDevice: true, ...more };
};
const texts = (more: Partial<KernelTexts> = {}): KernelTexts => ({
  links: [eth(), { name: 'lo', operstate: 'unknown', flags: '0x9', carrier: '1', type: '772', isDevice: false }],
  addresses: [
    { name: 'eth0', ip: 'fe80::1' },
    { name: 'eth0', ip: '192.0.2.10' },
  ],
  ...{ routes: ROUTES, routes6: '', arp: ARP, resolvConf: '# made\nnameserver 192.0.2.1\nnameserver 2001:db8::53\n' },
  ...more,
});

suite('links as the kernel tells them', (test) => {
  test('a link with carrier, address, default route and neighbour', () => {
    assert.deepEqual(kernelReadings(texts()), [
      {
        ...{ source: 'kernel', name: 'eth0', kind: 'ethernet', up: true, routed: true, ip: '192.0.2.10', metric: 100 },
        ...{ gateway: '192.0.2.1', gatewayAnswers: true, dns: ['192.0.2.1', '2001:db8::53'] },
      },
    ]);
  });

  test('each way in which it can be down, and what it is', () => {
    const rows: readonly (readonly [Partial<SysfsLink>, boolean | undefined, string | undefined])[] = [
      [{ carrier: '0', operstate: 'down' }, false, 'ethernet'],
      [{ flags: '0x1002', operstate: 'down' }, false, 'ethernet'],
      [{ operstate: 'lowerlayerdown' }, false, 'ethernet'],
      [{ operstate: 'dormant', devtype: 'wlan' }, false, 'wifi'],
      [{ operstate: 'up', devtype: 'wlan' }, true, 'wifi'],
      [{ operstate: 'unknown', devtype: 'wwan', type: '519' }, true, 'cellular'],
      [{ operstate: 'unknown', type: '512', isDevice: false }, true, 'cellular'],
      [{ devtype: 'bridge', isDevice: false }, undefined, undefined],
      [{ isDevice: false }, undefined, undefined],
      [{ name: 'wwan0' }, true, 'cellular'],
      [{}, true, 'ethernet'],
    ];
    for (const [link, up, kind] of rows) {
      const [reading] = kernelReadings(texts({ links: [eth(link)] }));
      assert.deepEqual([reading?.up, reading?.kind], [up, kind], JSON.stringify(link));
    }
  });

  test('named links are taken whatever they are, and no others', () => {
    const links = [eth(), eth({ name: 'veth1', isDevice: false })];
    assert.deepEqual(
      kernelReadings(texts({ links }), ['veth1']).map(({ name }) => name),
      ['veth1'],
    );
  });

  test('IPv6 alone is a way, rejecting routes are none, a silent neighbour is told', () => {
    const zeros = '0'.repeat(32);
    const gateway = `fe80${'0'.repeat(27)}1`;
    const routes6 = [
      `${zeros} 00 ${zeros} 00 ${gateway} 00000064 00000001 00000000 00000003     eth0`,
      `${zeros} 00 ${zeros} 00 ${zeros} ffffffff 00000001 00000000 00200200       lo`,
    ].join('\n');
    const [six] = kernelReadings(texts({ routes: '', routes6, addresses: [{ name: 'eth0', ip: '2001:db8::7' }] }));
    assert.deepEqual([six?.routed, six?.ip, six?.gateway], [true, '2001:db8::7', 'fe80:0:0:0:0:0:0:1']);
    const [none] = kernelReadings(texts({ routes: ROUTES.replace('0003', '0200') }));
    assert.equal(none?.routed, false);
    const [silent] = kernelReadings(texts({ arp: ARP.replace('0x2 ', '0x0 ') }));
    assert.equal(silent?.gatewayAnswers, false);
  });

  test('whatever stands in the files: no throw', () => {
    const odd = ['', '\n\n', 'x', '\u0000', 'eth0', ROUTES.slice(0, 150), 'a b c d e f g h i j k'];
    for (const routes of odd)
      for (const arp of odd) kernelReadings(texts({ routes, routes6: arp, arp, resolvConf: routes }));
  });
});

suite('links as others tell them', (test) => {
  const ESTAT =
    'SerNum:1523-0156-21\r\nHasGsm:1\r\nWanIp:0.0.0.0\r\nEthWANCableIn:0\r\nPppIp:10.64.3.9\r\nGsmOpId:20601\r\nGsmLAC:1A2B\r\nGsmCellId:27447297\r\nGsmSignal:-71\r\nGsmNetReg:5\r\n';

  test('the Ewon on its modem, beside this board and as its router', () => {
    assert.deepEqual(ewonReading(parseEstat(ESTAT), EWON_LINK), {
      ...{ source: 'ewon', name: 'ewon', kind: 'cellular', up: true, ip: '10.64.3.9', operator: '20601' },
      ...{ lac: 0x1a2b, cellId: 27447297, signal: -71, registered: true },
    });
    const router = ewonReading(parseEstat(ESTAT), 'eth0');
    assert.deepEqual([router.wayOn, router.ip, router.kind], [true, undefined, 'cellular']);
    const lost = ewonReading(
      parseEstat(ESTAT.replace('10.64.3.9', '0.0.0.0').replace('GsmNetReg:5', 'GsmNetReg:2')),
      'eth0',
    );
    assert.deepEqual([lost.wayOn, lost.registered], [false, false]);
    assert.deepEqual(ewonReading(parseEstat(''), 'eth0'), { source: 'ewon', name: 'eth0' });
  });

  test('an Ewon that falls back tells until when, if somebody saw it fall', () => {
    const settings = { primary: 'ethernet', secondary: 'cellular', stayMs: 3_600_000 } as const;
    const cable = parseEstat('WanIp:192.0.2.7\r\nPppIp:0.0.0.0\r\n');
    const mobile = parseEstat('WanIp:0.0.0.0\r\nPppIp:10.64.3.9\r\n');
    const nothing = parseEstat('WanIp:0.0.0.0\r\nPppIp:0.0.0.0\r\n');
    const falls = (...looks: (typeof cable)[]) => {
      let fall: EwonFall | undefined;
      for (const [n, estat] of looks.entries()) fall = ewonFall(fall, { estat, settings }, n * 60_000);
      return fallReading(fall).fallback;
    };
    const fallen = { primary: 'ethernet', active: 'cellular' };
    const CASES = [
      [[cable], undefined],
      [[cable, nothing, mobile, nothing, mobile], { ...fallen, returnsAtMs: 120_000 + 3_600_000 }],
      [[mobile, mobile], fallen],
      [[cable, mobile, cable], undefined],
      [[mobile, cable, mobile], { ...fallen, returnsAtMs: 120_000 + 3_600_000 }],
      [[nothing], undefined],
    ] as const;
    for (const [looks, expected] of CASES) assert.deepEqual(falls(...looks), expected);
    const alike = { ...settings, secondary: 'wifi' } as const;
    assert.equal(ewonFall(undefined, { estat: cable, settings: alike }, 0), undefined, 'cable and Wi-Fi look alike');
    assert.equal(ewonFall(undefined, { estat: mobile, settings: 'none' }, 0), undefined);
  });

  test('the Ewon is the router of the link whose gateway it is', () => {
    const links = mergeReadings([], [{ source: 'kernel', name: 'eth0', gateway: '10.0.0.53' }], { atMs: 0, order: [] });
    assert.equal(linkThroughEwon(links, '10.0.0.53'), 'eth0');
    assert.equal(linkThroughEwon(links, '10.0.0.54'), EWON_LINK);
    assert.equal(linkThroughEwon([], undefined), EWON_LINK);
  });

  test('a modem of any family, by what it answers', () => {
    const answersOf = (text: string) => {
      let context = AT_SILENCE;
      return text.split('\n').flatMap((line): AtAnswer[] => {
        const [next, answer] = readAt(context, line);
        context = next;
        return 'kind' in answer ? [answer] : [];
      });
    };
    const quectel = modemReading(
      answersOf('AT+CEREG?\n+CEREG: 2,5,"1A2B","1A2D001",7\nOK\nAT+CESQ\n+CESQ: 99,99,255,255,20,60\nOK'),
      'wwan0',
    );
    assert.deepEqual(
      [quectel.registered, quectel.lac, quectel.cellId, quectel.technology, quectel.signal],
      [true, 0x1a2b, 0x1a2d001, 'LTE', -81],
    );
    assert.equal(modemReading(answersOf('+CPIN: SIM PIN'), 'wwan0').registered, false);
    assert.equal(modemReading(answersOf('+CREG: 0,2\n+CEREG: 0,1'), 'wwan0').registered, true);
    assert.equal(modemReading(answersOf('+CREG: 0,1\n+CEREG: 0,3'), 'wwan0').registered, false);
    assert.deepEqual(modemReading([], 'wwan0'), { source: 'modem', name: 'wwan0', kind: 'cellular' });
  });

  test('NetworkManager, with escaped colons and devices that are none', () => {
    const text =
      'eth0:ethernet:connected\ncdc-wdm0:gsm:connected (externally)\nlo:loopback:unmanaged\nwlan\\:1:wifi:disconnected\nusb0:ethernet:unmanaged\n\nx';
    assert.deepEqual(
      networkManagerReadings(text).map(({ name, kind, up }) => [name, kind, up]),
      [
        ['eth0', 'ethernet', true],
        ['cdc-wdm0', 'cellular', true],
        ['wlan:1', 'wifi', false],
        ['usb0', 'ethernet', undefined],
      ],
    );
  });
});

suite('facts of links', (test) => {
  const kernel: LinkReading = {
    source: 'kernel',
    name: 'eth0',
    kind: 'ethernet',
    up: true,
    ip: '192.0.2.10',
    routed: true,
  };
  const modem: LinkReading = { source: 'modem', name: 'eth0', signal: -90, operator: '20601', ip: '10.0.0.9' };
  const ewon: LinkReading = { source: 'ewon', name: 'eth0', kind: 'cellular', signal: -60 };

  test('each field is of who knows it best, and says so', () => {
    const [link] = mergeReadings([], [ewon, kernel, modem], { atMs: 7, order: [] });
    assert.deepEqual(
      [link?.ip, link?.signal, link?.kind],
      [
        { value: '192.0.2.10', by: 'kernel', sinceMs: 7 },
        { value: -90, by: 'modem', sinceMs: 7 },
        { value: 'cellular', by: 'ewon', sinceMs: 7 },
      ],
    );
  });

  test('what stays the same keeps its time, what nobody says any more is unknown', () => {
    const before = mergeReadings([], [kernel, modem], { atMs: 7, order: [] });
    const [link] = mergeReadings(before, [{ ...kernel, ip: '192.0.2.11' }], { atMs: 9, order: [] });
    assert.deepEqual([link?.up?.sinceMs, link?.ip?.sinceMs, link?.signal], [7, 9, undefined]);
  });

  test('the link with the least metric is the active one, among those that can be', () => {
    const cell: LinkReading = { source: 'kernel', name: 'wwan0', up: true, ip: '10.0.0.1', routed: true, metric: 700 };
    const active = (...readings: LinkReading[]) =>
      activeOf(mergeReadings([], readings, { atMs: 0, order: ['wwan0', 'eth0'] }))?.name;
    assert.equal(active(kernel, cell), 'eth0');
    assert.equal(active({ ...kernel, up: false }, cell), 'wwan0');
    assert.equal(active({ ...kernel, metric: 800 }, cell), 'wwan0');
    assert.equal(active({ source: 'kernel', name: 'eth0', up: true, routed: true }), undefined);
    assert.equal(active(), undefined);
  });
});

suite('captive portals', (test) => {
  const page = (status: number, ...headers: string[]) => [`HTTP/1.1 ${status} X`, ...headers, '', ''].join('\r\n');

  test('what a portal answers, and what others do', () => {
    const rows: readonly (readonly [string, boolean])[] = [
      [page(302, 'Location: http://login.hotel.example/?u=1'), true],
      [page(303, 'location:https://user@10.1.1.1:8443/x'), true],
      [page(307, 'Location: http://[2001:db8::1]/'), true],
      [page(511), true],
      [page(200, 'Content-Type: text/html; charset=utf-8'), true],
      [page(301, 'Location: https://account.example/'), false],
      [page(301, 'Location: /welcome'), false],
      [page(302), false],
      [page(200, 'Content-Type: application/json'), false],
      [page(404, 'Content-Type: text/html'), false],
      ['', false],
      ['SSH-2.0-x', false],
    ];
    for (const [text, isPortal] of rows) assert.equal(portalIn(text, 'account.example') !== undefined, isPortal, text);
  });
});
