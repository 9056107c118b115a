/** A swipe to the left is a step on, one to the right a step back; up, down and two fingers are the page's. */

/** How far a swipe goes at least, in pixels, how much more across than up or down, and how long it takes at most. */
const FAR = 40;
const ACROSS = 2;
const BRIEF = 800;
/** A swipe that begins so near to the window's edge is the browser's way back. */
const EDGE = 20;
/** What takes a finger for itself. */
const TAKEN = "input,select,textarea,.kv-timeline,.kv-help,.kv-pages";

/** @typedef {{x: number, y: number, time: number}} Spot */

/**
 * @param {Spot} from
 * @param {Spot} to
 * @returns {-1 | 0 | 1} a step on, none, or a step back
 */
export function swiped(from, to) {
  const [x, y] = [to.x - from.x, to.y - from.y];
  if (Math.abs(x) < FAR || Math.abs(x) < ACROSS * Math.abs(y) || to.time - from.time > BRIEF) return 0;
  return x < 0 ? 1 : -1;
}

/**
 * @param {HTMLElement} root
 * @param {(way: -1 | 1) => void} onSwipe
 * @returns {() => void} stop it
 */
export function followSwipes(root, onSwipe) {
  /** @type {Spot | null} */
  let from = null;
  const spot = (/** @type {TouchEvent} */ { changedTouches: [touch], timeStamp }) => ({
    x: touch.clientX,
    y: touch.clientY,
    time: timeStamp,
  });
  const start = (/** @type {TouchEvent} */ event) => {
    from = event.touches.length === 1 && !zoomed() && free(root, event) ? spot(event) : null;
  };
  const end = (/** @type {TouchEvent} */ event) => {
    const way = from ? swiped(from, spot(event)) : 0;
    from = null;
    if (way) onSwipe(way);
  };
  const cancel = () => {
    from = null;
  };
  // Who has pinched the page larger moves it with one finger, in any direction.
  const zoom = () => root.toggleAttribute("data-zoomed", zoomed());
  root.addEventListener("touchstart", start, { passive: true });
  root.addEventListener("touchend", end, { passive: true });
  root.addEventListener("touchcancel", cancel, { passive: true });
  window.visualViewport?.addEventListener("resize", zoom);
  return () => window.visualViewport?.removeEventListener("resize", zoom);
}

function zoomed() {
  return (window.visualViewport?.scale ?? 1) > 1.02;
}

/**
 * @param {HTMLElement} root
 * @param {TouchEvent} event
 * @returns {boolean} whether nothing under the finger wants to be moved sideways itself
 */
function free(root, event) {
  const { clientX } = event.touches[0];
  if (clientX < EDGE || clientX > window.innerWidth - EDGE) return false;
  let node = /** @type {Element | null} */ (event.target);
  if (node?.closest(TAKEN)) return false;
  for (; node && node !== root; node = node.parentElement)
    if (node.scrollWidth > node.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(node).overflowX)) return false;
  return true;
}
