/** The state of an offline page in its address: a link after `#`, with `&` for the spaces. */

/**
 * @param {string} hash what stands after the address
 * @returns {{line: string, step: number | null, revisions: string[] | null}}
 */
export function readHash(hash) {
  const parts = decoded(hash.replace(/^#/, "")).split(/[& ]+/).filter(Boolean);
  const word = (/** @type {string} */ key) => parts.find((part) => part.startsWith(`${key}=`))?.slice(key.length + 1);
  const step = word("step");
  const line = parts.filter((part) => !/^(step|revisions)=/.test(part)).join(" ");
  return { line, step: step && /^\d+$/.test(step) ? Number(step) : null, revisions: word("revisions")?.split(",") ?? null };
}

/**
 * @param {string} text
 * @returns {string} the text as it stands where it was cut or mistyped
 */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * @param {string} line
 * @param {number} step
 * @param {string[]} revisions
 */
export function hashOf(line, step, revisions) {
  return `#${`${line} step=${step} revisions=${revisions.join(",")}`.replaceAll(" ", "&")}`;
}
