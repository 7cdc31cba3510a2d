/** Three texts of a person: custom fields, or what they are called. */
export type Three = readonly [string, string, string];
/** What is changed of them: all three, or those that are named by their number; the others stay. */
export type ThreeChange = Three | Partial<Readonly<Record<'1' | '2' | '3', string>>>;

/** What becomes of three by a change. */
export function threeAfter(before: Three, change: ThreeChange = {}): Three {
  if (isThree(change)) return change;
  return [change['1'] ?? before[0], change['2'] ?? before[1], change['3'] ?? before[2]];
}

function isThree(change: ThreeChange): change is Three {
  return Array.isArray(change);
}
