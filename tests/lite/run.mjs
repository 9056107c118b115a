// Runs pytest under Pyodide: node run.mjs PYTHON-FOLDER CHECKOUT PACKAGES EXTRA PYTEST-ARGUMENTS...
// The model and its tests come from the checkout, pytest from the packages of the Python that tests all else, and what
// of that is compiled from `extra`.

const [python, checkout, packages, extra, ...given] = process.argv.slice(2);
const { loadPyodide } = await import(`file://${python}/start.mjs`);
const pyodide = await loadPyodide({ indexURL: python });
for (const [place, root] of Object.entries({ "/checkout": checkout, "/packages": packages, "/extra": extra })) {
  pyodide.FS.mkdirTree(place);
  pyodide.FS.mount(pyodide.FS.filesystems.NODEFS, { root }, place);
}
pyodide.globals.set("given", pyodide.toPy(given));
try {
  process.exitCode = pyodide.runPython(`
import os
import sys

os.chdir("/checkout")
os.environ["HYPOTHESIS_NO_PLUGINS"] = "1"
os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
sys.pycache_prefix = "/extra/compiled"  # nothing is written into the checkout, and the next run finds it
sys.path[:0] = ["/checkout", "/extra"]
sys.path.append("/packages")
import pytest
from hypothesis import settings

settings.register_profile("pyodide", deadline=None, derandomize=True, database=None, max_examples=5)
settings.load_profile("pyodide")
int(pytest.main(given))
`);
} catch (error) {
  console.log(String(error).slice(-3000));
  process.exitCode = 3;
}
