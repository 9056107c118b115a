/** The state of an offline page in its address: a link after `#`, with `&` for the spaces. */

/** What separates the words of a link; a form that was sent may have written `+` for a space. */
const BETWEEN = /[& ]+|\+(?=[a-z]+=)/;

/** A number of steps, as `kvmviz.scenario.link` reads it. */
const STEP = /^(0|[1-9][0-9]{0,8})$/;

/** What a sentence puts behind a link that ends it; a rate's seed, which may end in a full stop, is left alone. */
const SENTENCE_END = /[.,;:!?)>"']+$/;

/** What others add to an address to see where a reader comes from. */
const TRACKER = /^(utm_\w+|fbclid|gclid|msclkid|mc_[ce]id)=/;

/**
 * @param {string} hash what stands after the address
 * @returns {{line: string, step: number | null, revisions: string[] | null, wrong: string}} `wrong` says what is no step
 */
export function readHash(hash) {
  const whole = decoded(hash.replace(/^#/, ""));
  const parts = (/rate:[^& ]*$/.test(whole) ? whole : whole.replace(SENTENCE_END, ""))
    .split(BETWEEN)
    .filter((part) => part && !TRACKER.test(part));
  const word = (/** @type {string} */ key) => parts.find((part) => part.startsWith(`${key}=`))?.slice(key.length + 1);
  const step = word("step");
  const line = parts.filter((part) => !/^(step|revisions)=/.test(part)).join(" ");
  return {
    line,
    step: step && STEP.test(step) ? Number(step) : null,
    revisions: word("revisions")?.split(",") ?? null,
    wrong:
      step === undefined || STEP.test(step)
        ? ""
        : `step=${step.slice(0, 60)}: use a whole number, 0 for before the first event.`,
  };
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
