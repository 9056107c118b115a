// Reads hashes and writes what the page reads in each: the line, the step, the revisions, and the command it may offer.
import { readFileSync } from "node:fs";
import { readHash } from "../../../kvmviz/explorer/static/offline_link.js";
import { elsewhere } from "../../../kvmviz/explorer/static/offline_elsewhere.js";

const sayable = JSON.parse(process.argv[2]);

for (const hash of readFileSync(0, "utf8").trim().split("\n")) {
  const { line, step, revisions } = readHash(JSON.parse(hash));
  console.log(JSON.stringify([line, step, revisions, elsewhere(line, revisions ?? [], sayable)]));
}
