// Runs pytest under Pyodide: node run.mjs PYTHON-FOLDER CHECKOUT SITE-PACKAGES PYTEST-ARGUMENTS...
// The model and its tests come from the checkout, pytest from the packages of the Python that tests all else.

const [python, checkout, packages, ...given] = process.argv.slice(2);
const { loadPyodide } = await import(`file://${python}/start.mjs`);
const pyodide = await loadPyodide({ indexURL: python });
for (const [place, root] of Object.entries({ "/checkout": checkout, "/packages": packages })) {
  pyodide.FS.mkdirTree(place);
  pyodide.FS.mount(pyodide.FS.filesystems.NODEFS, { root }, place);
}
pyodide.globals.set("given", pyodide.toPy(given));
process.exitCode = pyodide.runPython(`
import os
import sys

os.chdir("/checkout")
os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
sys.dont_write_bytecode = True
sys.path[:0] = ["/checkout"]
sys.path.append("/packages")
import pytest
int(pytest.main(given))
`);
