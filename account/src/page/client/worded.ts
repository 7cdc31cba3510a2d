/** What was said of a code by whoever met it. */
export type Said = {
  readonly code: string;
  readonly title: string;
  readonly next: string;
  readonly detail?: string;
};

/** Says a problem in the words of the page. What it has none for stays in the server's, and where they do not come. */
export async function worded<P extends Said>(problem: P): Promise<P> {
  try {
    const { fieldsText, problemText } = await import('./texts-problems.ts');
    const { code, title, next, detail } = problem;
    const named = code === 'FIELD_UNFIT' && detail !== undefined && { detail: fieldsText(detail) };
    return { ...problem, ...problemText(code, { title, next }), ...named };
  } catch {
    return problem; // the server has gone meanwhile: its own words are better than none
  }
}
