// Compiles what the kernel and the course import: node compile.mjs PYTHON-FOLDER INTO
// It starts Python as the page does, so that what it compiles is what that Python takes; packages are still wheels here.

const [python, into] = process.argv.slice(2);
const { loadPyodide } = await import(`file://${python}/start.mjs`);
const { readFileSync } = await import("node:fs");
const { packages } = JSON.parse(readFileSync(`${python}/pyodide-lock.json`, "utf-8"));
const pyodide = await loadPyodide({ indexURL: python });
await pyodide.loadPackage(Object.keys(packages), { messageCallback: () => {} });
pyodide.FS.mkdirTree("/into");
pyodide.FS.mount(pyodide.FS.filesystems.NODEFS, { root: into }, "/into");
try {
  pyodide.runPython(readFileSync(new URL("compiling.py", import.meta.url), "utf-8"));
} catch (error) {
  console.error(error.message); // without the line of Pyodide's own in which it was thrown, which is a megabyte long
  process.exitCode = 1;
}
