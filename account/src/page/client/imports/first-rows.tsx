import { useState } from 'preact/hooks';
import { IMPORTS } from '../texts-imports.ts';

/** A dialog of ten thousand rows takes seconds to draw and is read by nobody. */
const AT_ONCE = 100;

/** The first rows of a list, and a button for more where there are more. */
export function useFirstRows<T>(rows: readonly T[]) {
  const [limit, setLimit] = useState(AT_ONCE);
  const left = rows.length - limit;
  const more = left > 0 && (
    <button type="button" onClick={() => setLimit(limit + AT_ONCE)}>
      {IMPORTS.more(Math.min(left, AT_ONCE), left)}
    </button>
  );
  return { shown: rows.slice(0, limit), more };
}
