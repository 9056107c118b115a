/** Sentences whose words depend on the runs: Python writes them with names in braces, here they are filled in. */

/**
 * @param {string} phrase
 * @param {Record<string, string>} words
 * @returns {string}
 */
export function filled(phrase, words) {
  return phrase.replace(/\{(\w+)\}/g, (whole, name) => words[name] ?? whole);
}
