import type { Answer } from './api.ts';

/** An answer that was asked for before there is who shows it. It is given once: whoever comes later asks for himself. */
export type Early<T> = () => Promise<Answer<T>> | undefined;

export function early<T>(asked: Promise<Answer<T>>): Early<T> {
  let answer: Promise<Answer<T>> | undefined = asked;
  return () => {
    const given = answer;
    answer = undefined;
    return given;
  };
}

/**
 * What was asked for early, if it is of use: it is not to somebody who signed in since.
 * @param again called when it is used: it may be older than what was heard meanwhile, so that it has to be asked for again
 */
export async function earlyOr<T>(
  given: Early<T> | undefined,
  ask: () => Promise<Answer<T>>,
  again: () => void,
): Promise<Answer<T>> {
  const answer = await given?.();
  if (!answer?.ok) return ask();
  again();
  return answer;
}
