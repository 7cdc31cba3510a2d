import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { findProgram } from '@ewon-agent/contracts/testing';

/** Said to the process that has a network of its own. */
const INSIDE = 'TEST_HAS_OWN_NETWORK';

/**
 * Lets a test file make links and namespaces as it likes: it is run again with a network and mounts of its own, as its root, and
 * this process ends as that one did. Comes back there, and where the program for it is missing (the suites then say so). Call it
 * before any suite is declared.
 */
export function withOwnNetwork(file: string): void {
  if (process.env[INSIDE] || !findProgram('unshare')) return;
  const args = ['--map-root-user', '--net', '--mount', '--propagation=private', '--kill-child'];
  const argv = [...args, '--fork', process.execPath, ...process.execArgv, file];
  const { status } = spawnSync('unshare', argv, { stdio: 'inherit', env: { ...process.env, [INSIDE]: '1' } });
  process.exit(status ?? 1);
}

/** Runs a command to its end. @throws with what it said when it fails */
export function sh(command: string): string {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', command], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command}: ${stderr}${stdout}`);
  return stdout;
}

/** Addresses of the little internet. This process is its middle: the account and the name server are here. */
export const NET = {
  ...{ account: '10.213.0.1', dns: '10.213.0.53', name: 'account.test' },
  eth0: { router: 'site', board: '10.213.11.2', gateway: '10.213.11.1', metric: 100 },
  wwan0: { router: 'operator', board: '10.213.12.2', gateway: '10.213.12.1', metric: 700 },
} as const;
export type LinkName = 'eth0' | 'wwan0';

/** Makes a board with two links, each behind a router of its own: namespaces `board`, `site` and `operator`. */
export function buildNetwork(dir: string): void {
  mkdirSync('/run/netns', { recursive: true });
  sh('mount -t tmpfs none /run/netns');
  writeFileSync(`${dir}/resolv.conf`, `nameserver ${NET.dns}\noptions timeout:1 attempts:1\n`);
  sh(`mount --bind ${dir}/resolv.conf /etc/resolv.conf`);
  sh('ip link set lo up');
  for (const ip of [NET.account, NET.dns]) sh(`ip addr add ${ip}/32 dev lo`);
  sh('ip netns add board && ip -n board link set lo up');
  // a board that fails over does not send where no cable is
  sh('ip netns exec board sh -c "echo 1 > /proc/sys/net/ipv4/conf/all/ignore_routes_with_linkdown"');
  for (const [n, name] of (['eth0', 'wwan0'] as const).entries()) {
    const { router, board, gateway } = NET[name];
    sh(`ip netns add ${router} && ip -n ${router} link set lo up`);
    sh(`ip netns exec ${router} sh -c "echo 1 > /proc/sys/net/ipv4/ip_forward"`);
    sh(`ip link add to-${router} type veth peer name up0 netns ${router}`);
    sh(`ip addr add 10.213.${n + 1}.1/30 dev to-${router} && ip link set to-${router} up`);
    sh(`ip -n ${router} addr add 10.213.${n + 1}.2/30 dev up0 && ip -n ${router} link set up0 up`);
    sh(`ip -n ${router} route add default via 10.213.${n + 1}.1`);
    sh(`ip -n ${router} link add lan0 type veth peer name ${name} netns board`);
    sh(`ip -n ${router} addr add ${gateway}/24 dev lan0 && ip -n ${router} link set lan0 up`);
    sh(`ip route add ${board.replace(/\d+$/, '0')}/24 via 10.213.${n + 1}.2`);
  }
}

/** Makes a link whole, whatever was done to it and its router. */
export function heal(name: LinkName): void {
  const { router, board, gateway, metric } = NET[name];
  sh(`ip netns exec ${router} nft flush ruleset`);
  sh(`ip -n ${router} link set lan0 up; ip -n board link set ${name} up`);
  sh(`ip -n board addr replace ${board}/24 dev ${name}`);
  // a neighbour that is silent is given up within seconds, not within a minute
  const patience = `/proc/sys/net/ipv4/neigh/${name}`;
  sh(
    `ip netns exec board sh -c "echo 1000 > ${patience}/base_reachable_time_ms; echo 1 > ${patience}/delay_first_probe_time"`,
  );
  sh(`ip -n board route replace default via ${gateway} dev ${name} metric ${metric}`);
}

/** Switches a link off at the board. */
export function switchOff(name: LinkName): void {
  sh(`ip -n board link set ${name} down`);
}

/** Rules for what a router forwards, or takes in at its LAN side. */
export function forwarding(name: LinkName, ...rules: readonly string[]): void {
  const { router } = NET[name];
  nft(router, `table inet t {\nchain f {\ntype filter hook forward priority 0\n${rules.join('\n')}\n}\n}`);
}

function nft(router: string, table: string): void {
  sh(`ip netns exec ${router} nft '${table}'`);
}

/** The router is off, though its port still gives a carrier. */
export function silence(name: LinkName): void {
  const chain = 'type filter hook ingress device lan0 priority 0; policy drop;';
  nft(NET[name].router, `table netdev t {\nchain i {\n${chain}\n}\n}`);
}

/** A hotel: whatever is asked on port 80 is answered by its own page, and nothing else goes through but names. */
export function portal(name: LinkName, port: number): void {
  forwarding(name, 'udp dport 53 accept', 'udp sport 53 accept', 'meta l4proto tcp reject with tcp reset');
  const chain = `type nat hook prerouting priority -100;\ntcp dport 80 redirect to :${port}`;
  nft(NET[name].router, `table ip n {\nchain p {\n${chain}\n}\n}`);
}

/** Programs of the router carry what is for these ports, by ports of their own (`delay-here.ts`). */
export function carriedBy(name: LinkName, ports: ReadonlyMap<number, number>): void {
  const rules = [...ports].map(([port, own]) => `tcp dport ${port} redirect to :${own}`);
  const chain = `type nat hook prerouting priority -100;\n${rules.join('\n')}`;
  nft(NET[name].router, `table ip n {\nchain p {\n${chain}\n}\n}`);
}

/** All bytes that went over a link of the board, both ways, with 14 of Ethernet for each frame. */
export function bytesOver(name: LinkName): number {
  const read = (file: string) => Number(sh(`ip netns exec board cat /sys/class/net/${name}/statistics/${file}`).trim());
  return read('rx_bytes') + read('tx_bytes');
}
