/**
 * Keeps the answers of questions that are asked again and again in order: each is shown, but none after that of a later question.
 * @returns is called when a question is asked, and what it returns when its answer is there: whether that may be shown
 */
export function answersInOrder(): () => () => boolean {
  let [asked, shown] = [0, 0];
  return () => {
    const question = ++asked;
    return () => {
      if (question < shown) return false;
      shown = question;
      return true;
    };
  };
}
