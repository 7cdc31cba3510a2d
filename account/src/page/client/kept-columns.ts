/** Reads which columns of a list a person chose in this browser. @param always those that cannot be left out */
export function chosenOf<C extends string>(
  kept: Pick<Storage, 'getItem'>,
  as: string,
  { all, first, always }: Readonly<Record<'all' | 'first' | 'always', readonly C[]>>,
): readonly C[] {
  const names: readonly string[] = kept.getItem(as)?.split(' ') ?? first;
  return all.filter((column) => always.includes(column) || names.includes(column));
}

/** Keeps them for the next visit; a browser that keeps nothing shows them until the page is left. */
export function keepChosen(kept: Pick<Storage, 'setItem'>, as: string, columns: readonly string[]): void {
  try {
    kept.setItem(as, columns.join(' '));
  } catch {
    // full, or not allowed: nothing is lost but a choice
  }
}
