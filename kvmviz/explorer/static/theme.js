/** Light or dark, as the host is: JupyterLab, VS Code, or the reader's own preference in a plain page. */

/**
 * @param {HTMLElement} root
 * @returns {() => void} stop following
 */
export function followTheme(root) {
  const prefers = matchMedia("(prefers-color-scheme: dark)");
  const look = () => root.setAttribute("data-theme", isDark(prefers.matches) ? "dark" : "light");
  const watcher = new MutationObserver(look);
  for (const node of [document.body, document.documentElement])
    watcher.observe(node, { attributes: true, attributeFilter: ["class", "data-jp-theme-light", "data-theme"] });
  prefers.addEventListener("change", look);
  look();
  return () => {
    watcher.disconnect();
    prefers.removeEventListener("change", look);
  };
}

/** @param {boolean} preferred */
function isDark(preferred) {
  const { body, documentElement: html } = document;
  const jupyter = body.getAttribute("data-jp-theme-light");
  if (jupyter) return jupyter === "false";
  if (/\bvscode-(dark|high-contrast)\b/.test(body.className)) return true;
  if (/\bvscode-light\b/.test(body.className)) return false;
  const said = html.dataset.theme ?? body.dataset.theme;
  return said ? said === "dark" : preferred;
}
