import { useEffect, useState } from 'preact/hooks';

/** True from the moment at which an element is in the window, or nearly; or wanted there. */
export function useSeen(element: { readonly current: HTMLElement | null }, isWanted = false): boolean {
  const [seen, setSeen] = useState(isWanted);
  if (isWanted && !seen) setSeen(true);
  useEffect(() => {
    if (seen || !element.current) return;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) setSeen(true);
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [seen]);
  return seen;
}
