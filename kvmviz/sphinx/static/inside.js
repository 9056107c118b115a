/** The project's page within another one: it says how high it is, and takes its theme from there. */
(() => {
  if (parent === window) return;
  const root = document.documentElement;
  root.classList.add("kv-framed");
  addEventListener("message", (event) => {
    const theme = event.source === parent && event.data?.kvmviz?.theme;
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  });
  addEventListener("DOMContentLoaded", () => {
    const shown = /** @type {HTMLElement} */ (document.getElementById("kvmviz"));
    let [opened, highest, width] = [true, 0, 0];
    new ResizeObserver(() => {
      const box = shown.getBoundingClientRect();
      if (box.height < 100) return; // nothing is drawn yet
      // Steps differ in height; the text below the frame is not to jump with each of them.
      highest = box.width === width ? Math.max(highest, box.height) : box.height;
      width = box.width;
      parent.postMessage({ kvmviz: { height: highest, opened } }, "*");
      opened = false;
    }).observe(shown);
  });
})();
