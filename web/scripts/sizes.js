/** Compare the patient page's gzipped JavaScript and CSS with its budgets (issue: 110 kB to the incoming call, 260 kB to in-call). */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const root = new URL("../../server/narvaro/static/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL("manifest.json", root)));

/** Every file that is fetched when the chunk `key` is loaded; with `lazy` also what it may import later, in Swedish. */
function filesOf(key, lazy, seen = new Set()) {
  if (seen.has(key)) return [];
  seen.add(key);
  const chunk = manifest[key];
  const later = lazy ? (chunk.dynamicImports ?? []).filter((name) => !name.endsWith("locales/en.po")) : [];
  const next = [...(chunk.imports ?? []), ...later];
  return [chunk.file, ...(chunk.css ?? []), ...next.flatMap((name) => filesOf(name, lazy, seen))];
}

const weigh = (files) => [...new Set(files)].reduce((sum, file) => sum + gzipSync(readFileSync(new URL(file, root)), { level: 9 }).length, 0) / 1000;

const budgets = [
  ["patient page to incoming call", "patient.html", false, 110],
  ["patient page in the call", "patient.html", true, 260],
];
for (const [what, page, lazy, budget] of budgets) {
  const size = weigh(filesOf(page, lazy));
  const verdict = size <= budget ? "ok" : "TOO LARGE";
  console.log(`${what}: ${size.toFixed(1)} kB of ${budget} kB ${verdict}`);
  if (size > budget) process.exitCode = 1;
}
