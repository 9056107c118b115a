// Starts Python with what the page lends it: Graphviz, a parser of C, and figures that were drawn elsewhere.
// The kernel takes this module for Pyodide's own.  `kvmviz/browser.py` asks for what is registered here.

import { instance } from "./viz.js";
import { loadPyodide as load } from "./pyodide.mjs";
import { Language, Parser } from "./web-tree-sitter.js";

const here = (name) => new URL(name, import.meta.url);

async function bytes(name) {
  const url = here(name);
  if (url.protocol === "file:") return new Uint8Array(await (await import("node:fs/promises")).readFile(url));
  return new Uint8Array(await (await fetch(url)).arrayBuffer());
}

async function parserOfC() {
  await Parser.init({ wasmBinary: await bytes("web-tree-sitter.wasm"), locateFile: (name) => here(name).href });
  const parser = new Parser();
  parser.setLanguage(await Language.load(await bytes("tree-sitter-c.wasm")));
  return parser;
}

/** Return the nodes of a text in the order in which they begin, each a row as `kvmviz/c/nodes.py` reads it. */
function rows(parser, text) {
  const tree = parser.parse(text);
  const cursor = tree.walk();
  const found = [];
  const above = [];
  for (;;) {
    const node = cursor.currentNode;
    const { row, column } = cursor.startPosition;
    const end = cursor.endPosition;
    found.push([
      above.length ? above[above.length - 1] : -1,
      cursor.nodeType,
      cursor.currentFieldName,
      Number(cursor.nodeIsNamed) + 2 * Number(cursor.nodeIsMissing) + 4 * Number(node.hasError),
      cursor.startIndex,
      cursor.endIndex,
      [row, column],
      [end.row, end.column],
    ]);
    if (cursor.gotoFirstChild()) {
      above.push(found.length - 1);
      continue;
    }
    while (!cursor.gotoNextSibling()) {
      if (!cursor.gotoParent()) {
        cursor.delete();
        tree.delete();
        return JSON.stringify(found);
      }
      above.pop();
    }
  }
}

const ANSWERS = "answers";

/** The browser's own table of answers, which outlives the kernel; nothing where there is none. */
function table() {
  if (typeof indexedDB === "undefined") return undefined;
  return new Promise((done) => {
    const asked = indexedDB.open("kvmviz", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(ANSWERS, { autoIncrement: true });
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => done(undefined); // a private window may keep nothing
  });
}

/** Return the answers of a table as the lines that they were. */
function lines(answers) {
  if (!answers) return [];
  return new Promise((done) => {
    const asked = answers.transaction(ANSWERS).objectStore(ANSWERS).getAll();
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => done([]);
  });
}

/** Answers lie in Python's memory, not in JupyterLite's storage, which would ask the server for what is not there. */
function bringAnswers(pyodide, given) {
  const folder = pyodide.runPython("import os; os.environ.setdefault('KVMVIZ_CLASS', os.path.expanduser('~/class-answers'))");
  pyodide.FS.mkdirTree(folder);
  if (given.length) pyodide.FS.writeFile(`${folder}/answers-browser.jsonl`, given.map((one) => `${one}\n`).join(""));
}

/** Return a function that puts all packages where Python is about to look for them (`docs/lite/packed.py`). */
function packages() {
  const whole = bytes("packages.bin").then(unzipped);
  return async (FS, { sitePackages }) => {
    const packed = await whole;
    const start = 4 + new DataView(packed.buffer).getUint32(0, true);
    let at = start;
    for (const [name, size] of JSON.parse(new TextDecoder().decode(packed.subarray(4, start)))) {
      const path = `${sitePackages}/${name}`;
      FS.mkdirTree(path.slice(0, path.lastIndexOf("/")));
      FS.writeFile(path, packed.subarray(at, at + size), { canOwn: true });
      at += size;
    }
  };
}

async function unzipped(data) {
  const read = new Blob([data]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(read).arrayBuffer());
}

/** Start Python; packages that are asked for are all there, without a wheel being taken apart. */
async function start({ packages: wanted, ...options }) {
  const [pyodide, graphviz, parser, figures, answers] = await Promise.all([
    load(wanted?.length ? { ...options, fsInit: packages() } : options),
    instance(),
    parserOfC(),
    bytes("figures.json"),
    table(),
  ]);
  pyodide.registerJsModule("kvmviz_page", {
    draw: (dot, format) => JSON.stringify(graphviz.render(dot, { engine: "dot", format })),
    figures: () => new TextDecoder().decode(figures),
    keep: (line) => answers?.transaction(ANSWERS, "readwrite").objectStore(ANSWERS).add(line) && undefined,
    parse: (text) => rows(parser, text),
  });
  bringAnswers(pyodide, await lines(answers));
  return pyodide;
}

let begun;

/** Start before a kernel asks (`early.js`), as far as the first cell of the course needs it; the kernel goes on here. */
export function begin() {
  begun = start({ indexURL: here("./").href, packages: ["all"] }).then((pyodide) => {
    pyodide.runPython("import piplite.piplite, pyodide_kernel, anywidget, kvmviz.course, kvmviz.explorer");
    return pyodide;
  });
}

export async function loadPyodide(options) {
  const early = begun;
  begun = undefined;
  if (!early) return start(options);
  const pyodide = await early;
  pyodide.setStdout({ batched: options.stdout });
  pyodide.setStderr({ batched: options.stderr });
  return pyodide;
}
