import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '@ewon-agent/contracts/testing';
import { createSwitchSite, type SwitchSite } from './switch-site.ts';
import type { Entry } from './version-archive.ts';

/** The calls by which something reaches the disk, or a name comes or goes. */
export const SWITCH_CALLS = ['pwrite64', 'fsync', 'rename', 'unlink', 'rmdir', 'mkdir'] as const;
export type SwitchCall = (typeof SWITCH_CALLS)[number];

const FILES: readonly Entry[] = Array.from({ length: 30 }, (_, i) => ({ name: `part-${i}.mjs`, bytes: `// ${i}` }));
const [OLD, NEW] = ['1.1.0', '1.2.0'];

/** What the switch is doing when it is interrupted: on a board where 1.1.0 is blessed, with 1.2.0 on the way. */
const SCENES = {
  installing: { what: 'orders', set: (site: SwitchSite) => void site.orderVersion({ version: NEW, more: FILES }) },
  trying: {
    what: 'start',
    set(site: SwitchSite) {
      SCENES.installing.set(site);
      site.run('orders');
    },
  },
  blessing: {
    what: 'orders',
    set(site: SwitchSite) {
      SCENES.trying.set(site);
      site.run('start');
      site.online(NEW);
    },
  },
  'giving up': {
    what: 'start',
    set(site: SwitchSite) {
      SCENES.trying.set(site);
      for (let i = 0; i < 3; i += 1) site.run('start');
    },
  },
} as const;
export type SwitchScene = keyof typeof SCENES;
export const SWITCH_SCENES = Object.keys(SCENES) as SwitchScene[];

export type Interruption = 'signal=SIGKILL' | 'error=EIO' | 'error=ENOSPC';

/** A scene that can be played again and again. */
export function createSwitchStage(entry: string, scene: SwitchScene) {
  const site = createSwitchSite(entry);
  site.orderVersion({ version: OLD });
  site.run('orders');
  site.run('start');
  site.online(OLD);
  site.run('orders');
  SCENES[scene].set(site);
  const { what } = SCENES[scene];
  const [scenery, log] = [join(site.dir, 'scenery'), join(site.dir, 'calls')];
  for (const part of ['var', 'run']) cpSync(join(site.dir, part), join(scenery, part), { recursive: true });

  const traced = (expression: string, more: readonly string[] = []) => {
    for (const part of ['var', 'run']) {
      rmSync(join(site.dir, part), { recursive: true });
      cpSync(join(scenery, part), join(site.dir, part), { recursive: true });
    }
    const before = [findProgram('strace') ?? '', '-f', '-qq', '-o', log, '-e', expression, ...more];
    return { ran: site.run(what, { before }), calls: readFileSync(log, 'utf8') };
  };

  return {
    /** How often each call is made on the way: so many points there are. */
    count(): Readonly<Record<SwitchCall, number>> {
      const { calls } = traced(`trace=${SWITCH_CALLS.join()}`);
      const of = (call: SwitchCall) => [call, calls.match(new RegExp(`^\\d+ +${call}\\(`, 'gm'))?.length ?? 0];
      return Object.fromEntries(SWITCH_CALLS.map(of));
    },
    /**
     * Interrupts the switch at the n-th call, and starts the agent as systemd would.
     * @throws what an observer sees that must not be
     */
    interrupt(call: SwitchCall, nth: number, how: Interruption): void {
      const at = `${scene}, ${how} at ${call} ${nth}`;
      const { ran, calls } = traced(`trace=${call}`, ['-e', `inject=${call}:${how}:when=${nth}`]);
      const hit = how === 'signal=SIGKILL' ? /killed by SIGKILL/.test(calls) : calls.includes('(INJECTED)');
      if (!hit) throw new Error(`${at}: there is no such call`);
      if (how !== 'signal=SIGKILL' && ran.status !== 0 && ran.status !== 1) throw new Error(`${at}: ${ran.stderr}`);
      const chosen = join(site.places.runDir, 'start');
      const { trial } = site.versions();
      const isTried = existsSync(chosen) && readFileSync(chosen, 'utf8').trim() === trial?.slot;
      if (isTried && trial?.triesLeft === 3) throw new Error(`${at}: a try was not counted`);
      const expect = (first: boolean) => {
        const launched = site.start();
        const left = site.left().filter((name) => name !== 'install' && name !== 'target' && name !== 'online');
        if (![`${OLD} run`, `${NEW} run`].includes(launched)) throw new Error(`${at}: ${first} ${launched}`);
        if (left.length > 0) throw new Error(`${at}: ${left.join()} is left`);
      };
      expect(true);
      // what is still ordered is carried out by the unit that waits for it
      const { ordersDir } = site.places;
      if (existsSync(join(ordersDir, 'install')) || existsSync(join(ordersDir, 'online'))) {
        site.run('orders');
        expect(false);
      }
      for (const name of existsSync(ordersDir) ? readdirSync(ordersDir) : [])
        if (name !== 'target') throw new Error(`${at}: the order ${name} is still there`);
    },
    remove: site.remove,
  };
}
