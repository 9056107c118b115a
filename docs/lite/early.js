// Starts Python as soon as a page opens, beside JupyterLab, which takes as long; the first kernel takes the worker over.
// A page that is kept apart from others (cross-origin isolated) has kernels of another kind, which start as ever.

if (!crossOriginIsolated) {
  const Plain = Worker;
  let early = new Plain(new URL("worker.mjs", document.currentScript.src), { type: "module" });
  window.Worker = class extends Plain {
    constructor(url, options) {
      if (early && /\/comlink\.worker\.[^/]*$/.test(new URL(url, document.baseURI).pathname)) {
        const taken = early;
        early = undefined;
        return taken;
      }
      super(url, options);
    }
  };
}
