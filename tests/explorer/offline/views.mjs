// Reads lines [scenario, revisions] and writes the view that the page's own modules make of each.
import { readFileSync } from "node:fs";
import { findLine, unpack } from "../../../kvmviz/explorer/static/offline_data.js";
import { viewOf } from "../../../kvmviz/explorer/static/offline_view.js";

const data = await unpack(readFileSync(process.argv[2], "utf8"));
for (const line of readFileSync(0, "utf8").trim().split("\n")) {
  const [scenario, revisions] = JSON.parse(line);
  const found = findLine(data, scenario);
  console.log(JSON.stringify(found && viewOf(data, found, revisions)));
}
