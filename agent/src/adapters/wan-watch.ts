import { type ChildProcess, spawn } from 'node:child_process';
import { type Cancel, type ClockPort, type Millis, SECOND_MS } from '@ewon-agent/contracts';

/** A cable that is put in gives a dozen messages; they are one look. */
const COLLECT_MS = 50;
/** A link that flaps must not cost more than five looks a second. */
const LOOKS_APART_MS = 200;
/** Without `ip`, what the kernel says is looked at this often. */
const POLL_MS = 2 * SECOND_MS;
/** In any case: what no message tells (a name server in resolv.conf) and what was missed. */
const ROUND_MS = 60 * SECOND_MS;

/**
 * Calls `wake` soon after a link, an address or a route changed, as `ip monitor` of iproute2 tells it; by a look each two seconds
 * where that program is not there or has ended. What changed is not read from it: who is woken reads how things are now.
 */
export function watchLinks(
  clock: Pick<ClockPort, 'after' | 'monotonic'>,
  wake: () => void,
  program = 'ip',
): { stop(): void } {
  let soon: Cancel | undefined;
  let wokeAtMs = Number.NEGATIVE_INFINITY;
  let isStopped = false;
  let rest: Cancel = () => {};
  let child: ChildProcess | undefined;

  const wakeSoon = (afterMs: Millis) => {
    if (isStopped) return;
    soon ??= clock.after(Math.max(afterMs, wokeAtMs + LOOKS_APART_MS - clock.monotonic()), () => {
      soon = undefined;
      wokeAtMs = clock.monotonic();
      wake();
    });
  };
  const patrol = () => {
    rest = clock.after(child ? ROUND_MS : POLL_MS, () => {
      wakeSoon(0);
      patrol();
    });
  };
  const started = spawn(program, ['monitor', 'link', 'address', 'route'], { stdio: ['ignore', 'pipe', 'ignore'] });
  child = started;
  const ended = () => {
    child = undefined;
    rest();
    if (!isStopped) patrol();
  };
  started.once('error', ended).once('exit', ended);
  started.stdout.on('data', () => wakeSoon(COLLECT_MS));
  patrol();

  return {
    stop() {
      isStopped = true;
      soon?.();
      rest();
      child?.kill();
    },
  };
}
