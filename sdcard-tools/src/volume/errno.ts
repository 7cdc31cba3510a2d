/** The name of the system's error (`EIO`), or `unknown` for anything that is not one. */
export function errnoOf(error: unknown): string {
  const named = typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string';
  return named ? String(error.code) : 'unknown';
}
