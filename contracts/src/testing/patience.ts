// How long a test waits for something before it counts as lost. A machine with much else to do may need many times what it needs
// alone, and only a failure takes all of it: so it is as much as the test may take anyway.

const LEAST_MS = 5000;
/** More is no help, and the message would come after the time of the whole file. */
const MOST_MS = 30_000;

let mayTakeMs = 0;

/** Told by the suite before each test and hook: how long that may take. */
export function nowMayTake(ms: number): void {
  mayTakeMs = ms;
}

/** How long to wait for one thing in the test that runs: half of what it may take, so that a message of what is missing comes first. */
export function patienceMs(): number {
  return Math.min(Math.max(mayTakeMs / 2, LEAST_MS), MOST_MS);
}
