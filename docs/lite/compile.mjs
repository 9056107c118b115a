// Compiles what the kernel and the course import: node compile.mjs PYTHON-FOLDER INTO
// It starts Python as the page does, so that what it compiles is what that Python takes.

const [python, into] = process.argv.slice(2);
const { loadPyodide } = await import(`file://${python}/start.mjs`);
const { readFileSync } = await import("node:fs");
const { packages } = JSON.parse(readFileSync(`${python}/pyodide-lock.json`, "utf-8"));
const pyodide = await loadPyodide({ indexURL: python, packages: Object.keys(packages) });
pyodide.FS.mkdirTree("/into");
pyodide.FS.mount(pyodide.FS.filesystems.NODEFS, { root: into }, "/into");
pyodide.runPython(readFileSync(new URL("compiling.py", import.meta.url), "utf-8"));
