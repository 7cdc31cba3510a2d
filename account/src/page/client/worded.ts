/** What was said of a code by whoever met it. */
export type Said = { readonly code: string; readonly title: string; readonly next: string };

/** Says a problem in the words of the page. What it has none for stays in the server's, and where they do not come. */
export async function worded<P extends Said>(problem: P): Promise<P> {
  try {
    const { problemText } = await import('./texts-problems.ts');
    return { ...problem, ...problemText(problem.code, { title: problem.title, next: problem.next }) };
  } catch {
    return problem; // the server has gone meanwhile: its own words are better than none
  }
}
