/** Frames of the explorer in a page of documentation: each is as high as what it shows, and light or dark as the page is. */
"use strict";

(() => {
  const HIGHEST = 20_000;

  const frames = () => /** @type {HTMLIFrameElement[]} */ ([...document.querySelectorAll("iframe.kvmviz-live")]);

  /**
   * @param {string} colour as a browser writes it, in whatever space
   * @returns {[number, number]} how light it is, of 255, and how opaque
   */
  const seen = (colour) => {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 1;
    const pen = canvas.getContext("2d");
    if (!pen) return [255, 0];
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = pen.getImageData(0, 0, 1, 1).data;
    return [0.2126 * red + 0.7152 * green + 0.0722 * blue, alpha];
  };

  /**
   * The theme of whatever the page is: what stands behind the frame, so that no theme has to be known by name.
   * @param {Element} frame
   */
  const themeAround = (frame) => {
    for (let at = frame.parentElement; at; at = at.parentElement) {
      const [light, opaque] = seen(getComputedStyle(at).backgroundColor);
      if (opaque > 127) return light < 128 ? "dark" : "light";
    }
    const scheme = getComputedStyle(document.documentElement).colorScheme;
    const prefers = matchMedia("(prefers-color-scheme: dark)").matches;
    return scheme.includes("dark") && (prefers || !scheme.includes("light")) ? "dark" : "light";
  };

  const tell = () => {
    for (const frame of frames()) frame.contentWindow?.postMessage({ kvmviz: { theme: themeAround(frame) } }, "*");
  };

  addEventListener("message", (event) => {
    const frame = frames().find((one) => one.contentWindow === event.source);
    const height = Number(event.data?.kvmviz?.height);
    if (!frame || !(height > 0)) return;
    frame.style.height = `${Math.ceil(Math.min(height, HIGHEST)) + 2}px`;
    if (event.data.kvmviz.opened) tell();
  });

  const watcher = new MutationObserver(() => {
    tell();
    setTimeout(tell, 400); // a theme may fade into the other
  });
  for (const node of [document.documentElement, document.body]) if (node) watcher.observe(node, { attributes: true });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => setTimeout(tell, 50));
})();
