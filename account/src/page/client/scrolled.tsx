import type { ComponentChildren } from 'preact';

/** A long list within a dialog: it scrolls by itself, which the keyboard can do too. */
export function Scrolled({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section class="scrolled" tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}
