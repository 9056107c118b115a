// Reads lines of JSON and writes the view that the front end makes of each: of a widget's answer, or of a line and
// revisions of the page whose data stand in the file that is named.
import { readFileSync } from "node:fs";
import { unpack } from "../../kvmviz/explorer/static/carried.js";
import { findLine } from "../../kvmviz/explorer/static/find.js";
import { singleOf, viewOf } from "../../kvmviz/explorer/static/view.js";

const data = process.argv[2] && (await unpack(readFileSync(process.argv[2], "utf8")));

function ofAnswer({ answer, layout, common }) {
  return viewOf(answer, common, layout, singleOf(answer, 0, answer.at[0]), [...answer.revisions.keys()]);
}

function ofPage([scenario, revisions]) {
  const found = findLine(data, scenario);
  const numbers = revisions.map((name) => data.revisions.indexOf(name));
  return found && viewOf(data, data.common, data.layouts[found.layout], found, numbers);
}

for (const line of readFileSync(0, "utf8").trim().split("\n"))
  console.log(JSON.stringify(data ? ofPage(JSON.parse(line)) : ofAnswer(JSON.parse(line))));
