// Generated cases for the cause of a loss: a small world in which one thing is broken, and what a board can observe of it. The
// fault that is put in is the oracle. Imports nothing of core: texts as the kernel, an Ewon and sockets give them.

export const WAN_FAULTS = [
  ...([
    'cable out',
    'switched off',
    'no DHCP',
    'no gateway',
    'gateway off',
    'provider dead',
    'no names',
    'portal',
  ] as const),
  ...(['account down', 'inspected', 'SIM not registered', 'router without WAN', 'account sick'] as const),
] as const;
export type WanFault = (typeof WAN_FAULTS)[number];

type Kind = WanCase['kind'];
/** Faults that not every kind of link can have: a modem has no router beside it, and no cable. */
const KINDS: Partial<Record<WanFault, readonly Kind[]>> = {
  ...{ 'SIM not registered': ['cellular'], 'cable out': ['ethernet'] },
  ...{ 'gateway off': ['ethernet', 'wifi'], 'router without WAN': ['ethernet', 'wifi'] },
};

/** What a probe of a layer answered; `error` as adapters word it. */
export type SeenProbe = {
  readonly layer: 'dns' | 'tcp' | 'tls' | 'account' | 'http';
  readonly target: string;
  readonly ms: number;
  readonly error?: string;
};
/** What can be observed. */
export type WanCase = {
  readonly number: number;
  readonly fault: WanFault;
  readonly kind: 'ethernet' | 'wifi' | 'cellular';
  readonly links: readonly {
    readonly name: string;
    readonly operstate: string;
    readonly flags: string;
    readonly carrier?: string;
    readonly type: string;
    readonly devtype?: string;
    readonly isDevice: boolean;
  }[];
  readonly addresses: readonly { readonly name: string; readonly ip: string }[];
  readonly routes: string;
  readonly arp: string;
  readonly resolvConf: string;
  /** Of an Ewon that is the router, or that has the modem. */
  readonly estat?: string;
  readonly modem?: string;
  readonly probes: readonly SeenProbe[];
};

/** Even over [0, 1), the same for the same seed: mulberry32. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const ACCOUNT = '203.0.113.5';
const NAME = 'account.example';
const HEAD = 'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT';

/** Makes so many cases, each fault as often as the others, on links of every kind, with what a real network mixes in. */
export function wanCases(count: number, seed: number): readonly WanCase[] {
  const roll = dice(seed);
  return Array.from({ length: count }, (_, number) =>
    wanCase(number, WAN_FAULTS[number % WAN_FAULTS.length] ?? 'cable out', roll),
  );
}

function wanCase(number: number, fault: WanFault, roll: () => number): WanCase {
  const chance = (p: number) => roll() < p;
  const kind = pick(KINDS[fault] ?? (['ethernet', 'wifi', 'cellular'] as const), roll);
  const name = {
    ethernet: pick(['eth0', 'enp1s0', 'end0'], roll),
    wifi: 'wlan0',
    cellular: pick(['wwan0', 'ppp0'], roll),
  }[kind];
  const isPpp = name === 'ppp0';
  const isUp = !['cable out', 'switched off', 'SIM not registered'].includes(fault);
  const hasIp = isUp && fault !== 'no DHCP';
  const hasRoute = hasIp && fault !== 'no gateway';
  const [ip, gateway] = kind === 'cellular' ? ['10.64.3.9', '10.64.3.1'] : ['192.0.2.10', '192.0.2.1'];
  const gives = isPpp || (kind === 'cellular' && chance(0.5)) ? '00000000' : hexOf(gateway ?? '');
  const addresses = [
    ...(chance(0.7) ? [{ name, ip: 'fe80::1' }] : []),
    ...(hasIp ? [{ name, ip: ip ?? '' }] : fault === 'no DHCP' && chance(0.4) ? [{ name, ip: '169.254.7.7' }] : []),
  ];
  const routes = [
    HEAD,
    ...(hasRoute
      ? [`${name}\t00000000\t${gives}\t000${gives === '00000000' ? 1 : 3}\t0\t0\t100\t00000000\t0\t0\t0`]
      : []),
    ...(hasIp ? [`${name}\t000200C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0`] : []),
    ...(chance(0.2) ? ['docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0'] : []),
  ].join('\n');
  // a router that went off a moment ago is still believed in: the neighbour is given up later
  const neighbour = fault === 'gateway off' ? (chance(0.93) ? '0x0' : '0x2') : '0x2';
  const arp = [
    'IP address HW type Flags HW address Mask Device',
    `${gateway}  0x1  ${neighbour}  02:00:00:00:00:01  *  ${name}`,
  ].join('\n');
  return {
    ...{
      number,
      fault,
      kind,
      addresses,
      routes,
      arp: gives === '00000000' ? '' : arp,
      resolvConf: `nameserver ${gateway}\n`,
    },
    links: [
      linkOf({ name, kind, isPpp, isUp, isOff: fault === 'switched off' }),
      ...(chance(0.5)
        ? [linkOf({ name: 'eth9', kind: 'ethernet', isPpp: false, isUp: false, isOff: chance(0.5) })]
        : []),
      { name: 'lo', operstate: 'unknown', flags: '0x9', carrier: '1', type: '772', isDevice: false },
    ],
    ...(fault === 'router without WAN'
      ? { estat: 'SerNum:1523-0156-21\r\nWanIp:0.0.0.0\r\nPppIp:0.0.0.0\r\nEthWANCableIn:0\r\n' }
      : {}),
    ...(kind === 'cellular' && (fault === 'SIM not registered' || chance(0.5))
      ? { modem: modemText(fault, roll) }
      : {}),
    probes: isUp && hasRoute ? probesOf(fault, roll) : [],
  };
}

function modemText(fault: WanFault, roll: () => number): string {
  if (fault !== 'SIM not registered') return '+CSQ: 20,99\n+CEREG: 0,1';
  return pick(
    ['+CPIN: SIM PIN', '+CREG: 0,2\n+CEREG: 0,2', '+CGREG: 0,3\n+CEREG: 0,3', '+CREG: 0,1\n+CEREG: 0,0'],
    roll,
  );
}

type Shape = {
  readonly name: string;
  readonly kind: string;
  readonly isPpp: boolean;
  readonly isUp: boolean;
  readonly isOff: boolean;
};

function linkOf({ name, kind, isPpp, isUp, isOff }: Shape): WanCase['links'][number] {
  const devtype = { wifi: 'wlan', cellular: 'wwan', ethernet: '' }[kind] ?? '';
  return {
    ...{ name, isDevice: !isPpp, type: isPpp ? '512' : '1', flags: isOff ? '0x1002' : '0x1003' },
    operstate: isUp ? (kind === 'cellular' ? 'unknown' : 'up') : kind === 'wifi' && !isOff ? 'dormant' : 'down',
    ...(isOff ? {} : { carrier: isUp ? '1' : '0' }),
    ...(devtype && !isPpp ? { devtype } : {}),
  };
}

/** What each layer says, in the order in which answers come; whether the account's address is remembered is chance. */
function probesOf(fault: WanFault, roll: () => number): readonly SeenProbe[] {
  const chance = (p: number) => roll() < p;
  const dns = (error?: string): SeenProbe => ({
    layer: 'dns',
    target: NAME,
    ms: 20,
    ...(error !== undefined && { error }),
  });
  const tcp = (error?: string): SeenProbe => ({
    layer: 'tcp',
    target: `${ACCOUNT}:443`,
    ms: 60,
    ...(error !== undefined && { error }),
  });
  const tls = (error?: string): SeenProbe => ({
    layer: 'tls',
    target: NAME,
    ms: 120,
    ...(error !== undefined && { error }),
  });
  const http: SeenProbe = { layer: 'http', target: `${ACCOUNT}:80`, ms: 30, error: 'portal' };
  const mixed = (...probes: SeenProbe[]) => (chance(0.5) ? probes : probes.toReversed());
  switch (fault) {
    case 'gateway off':
    case 'router without WAN':
    case 'provider dead': {
      const how = pick(['timeout', 'timeout', 'unreachable'], roll);
      // the router's own name server may go on answering from memory, or say that it cannot
      const names = fault === 'gateway off' ? 'timeout' : pick(['timeout', 'timeout', 'ESERVFAIL', undefined], roll);
      return mixed(dns(names), tcp(how));
    }
    case 'no names': {
      const how = pick(['timeout', 'ESERVFAIL', 'refused', 'unknown name'], roll);
      return chance(0.96) || how !== 'timeout' ? mixed(dns(how), tcp()) : [dns(how)];
    }
    case 'portal':
      return pick(
        [
          [dns(), tcp('reset'), http],
          [dns(), tcp(), tls('TLS_UNTRUSTED'), http],
          [dns(), tcp('timeout'), http],
          [dns('ESERVFAIL'), tcp('refused'), http],
        ],
        roll,
      );
    case 'account down':
      return mixed(dns(), tcp('refused'));
    case 'inspected':
      return [...mixed(dns(), tcp()), tls(pick(['TLS_UNTRUSTED', 'TLS_NAME_MISMATCH', 'timeout', 'reset'], roll))];
    case 'account sick':
      return [...mixed(dns(), tcp()), tls(), { layer: 'account', target: NAME, ms: 40, error: 'status 503' }];
    default:
      return [];
  }
}

function pick<T>(of: readonly T[], roll: () => number): T {
  const found = of[Math.floor(roll() * of.length)];
  if (found === undefined && !of.includes(found as T)) throw new Error('this is a bug: nothing to pick from');
  return found as T;
}

function hexOf(ip: string): string {
  return ip
    .split('.')
    .toReversed()
    .map((part) => Number(part).toString(16).padStart(2, '0').toUpperCase())
    .join('');
}
