/** Which lines of a function may be folded away: those far from every difference. */

const NEAR = 1;
const SHORTEST = 3;

/**
 * @param {[number | null, number | null, boolean][]} lines of a pair; the last value says whether both sides agree
 * @returns {boolean[]} for each line whether it may be folded; the first never is, nor any where nothing differs
 */
export function farLines(lines) {
  const differs = lines.map(([, , same]) => !same);
  if (!differs.includes(true)) return lines.map(() => false);
  const far = lines.map((_, i) => i > 0 && !differs.slice(Math.max(0, i - NEAR), i + NEAR + 1).includes(true));
  return far.map((folded, i) => folded && runAt(far, i) >= SHORTEST);
}

/**
 * @param {boolean[]} far
 * @param {number} at
 * @returns {number} how many folded lines stand together here
 */
function runAt(far, at) {
  let [from, to] = [at, at];
  while (far[from - 1]) from--;
  while (far[to + 1]) to++;
  return to - from + 1;
}
