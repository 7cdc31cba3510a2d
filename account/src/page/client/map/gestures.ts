import { moved, type Spot, type View, zoomed } from './view.ts';

/** A hand that moves less than this while it presses means the mark, not the map. */
const CLICK_PX = 4;
/** One notch of a usual wheel is 100 to 120 pixels; two of them double the scale. */
const WHEEL_DOUBLE_PX = 240;
/** What a wheel counts in lines is worth in pixels. */
const LINE_PX = 16;

export type Gestures = {
  readonly change: (how: (view: View) => View) => void;
  /** The wheel was turned over a map that nobody took hold of: the page scrolls. */
  readonly passedBy: () => void;
};

/**
 * Lets a map be moved by hand: drag, pinch, wheel. The wheel is for the page until the map has the focus, or Ctrl is
 * held, so that whoever scrolls over the map is not caught in it.
 * @returns ends it
 */
export function followGestures(frame: HTMLElement, { change, passedBy }: Gestures): () => void {
  const fingers = new Map<number, Spot>();
  let travelledPx = 0;
  const spotIn = ({ clientX, clientY }: MouseEvent): Spot => {
    const box = frame.getBoundingClientRect();
    return { left: clientX - box.left, top: clientY - box.top };
  };
  const down = (event: PointerEvent) => {
    if (event.button !== 0 || (event.target instanceof Element && event.target.closest('button'))) return;
    if (fingers.size === 0) travelledPx = 0;
    fingers.set(event.pointerId, spotIn(event));
  };
  const move = (event: PointerEvent) => {
    const before = fingers.get(event.pointerId);
    if (before === undefined) return;
    const now = spotIn(event);
    const step = { left: now.left - before.left, top: now.top - before.top };
    travelledPx += Math.hypot(step.left, step.top);
    if (travelledPx < CLICK_PX) return;
    frame.setPointerCapture(event.pointerId); // the mark under the finger may go away while the map moves
    fingers.set(event.pointerId, now);
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
    if (other === undefined) return change((view) => moved(view, step));
    const apart = (spot: Spot) => Math.max(1, Math.hypot(spot.left - other.left, spot.top - other.top));
    const half = { left: step.left / 2, top: step.top / 2 };
    const middle = { left: (now.left + other.left) / 2, top: (now.top + other.top) / 2 };
    change((view) => zoomed(moved(view, half), apart(now) / apart(before), middle));
  };
  const up = (event: PointerEvent) => void fingers.delete(event.pointerId);
  const click = (event: MouseEvent) => {
    if (travelledPx >= CLICK_PX) event.stopPropagation();
    travelledPx = 0;
  };
  const wheel = (event: WheelEvent) => {
    if (!event.ctrlKey && !event.metaKey && !frame.contains(document.activeElement)) return passedBy();
    event.preventDefault();
    const px = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? event.deltaY : event.deltaY * LINE_PX;
    const about = spotIn(event);
    change((view) => zoomed(view, 2 ** (-px / WHEEL_DOUBLE_PX), about));
  };
  const ending = new AbortController();
  const { signal } = ending;
  frame.addEventListener('pointerdown', down, { signal });
  frame.addEventListener('pointermove', move, { signal });
  for (const type of ['pointerup', 'pointercancel'] as const) frame.addEventListener(type, up, { signal });
  frame.addEventListener('click', click, { signal, capture: true });
  frame.addEventListener('wheel', wheel, { signal, passive: false });
  return () => ending.abort();
}

/** What a key does to the map; undefined when it is not for the map. `0` shows all again and is not among them. */
export function changeByKey(key: string): ((view: View) => View) | undefined {
  const STEP_PX = 80;
  switch (key) {
    case '+':
    case '=':
      return (view) => zoomed(view, 2);
    case '-':
    case '_':
      return (view) => zoomed(view, 0.5);
    case 'ArrowLeft':
      return (view) => moved(view, { left: STEP_PX, top: 0 });
    case 'ArrowRight':
      return (view) => moved(view, { left: -STEP_PX, top: 0 });
    case 'ArrowUp':
      return (view) => moved(view, { left: 0, top: STEP_PX });
    case 'ArrowDown':
      return (view) => moved(view, { left: 0, top: -STEP_PX });
    default:
      return undefined;
  }
}
