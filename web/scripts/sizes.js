/** Compare the gzipped JavaScript and CSS of the patient's and the guest's page with their budgets. */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const root = new URL("../../server/narvaro/static/", import.meta.url);
const read = (name) => JSON.parse(readFileSync(new URL(name, root)));
const guests = read("guest-manifest.json");
/** All that the guest's page begins with is one chunk, which has no source for its key. */
const DOOR = Object.keys(guests).find((key) => guests[key].name === "door");

/** Not fetched to be in a call: another language, a dialog that is opened, the question afterwards, what makes the page an app, *Jag är redo*. */
const ASIDE = ["en.po", "SettingsDialog.tsx", "GuestQuestion.tsx", "features/app/", "patient/ready.ts"];

/** Every file that is fetched when the chunk `key` is loaded; with `lazy` also what it imports later, to be in a call in Swedish. */
function filesOf(manifest, key, lazy, seen = new Set()) {
  if (seen.has(key)) return [];
  seen.add(key);
  const chunk = manifest[key];
  const later = lazy ? (chunk.dynamicImports ?? []).filter((name) => !ASIDE.some((part) => name.includes(part))) : [];
  const next = [...(chunk.imports ?? []), ...later];
  return [chunk.file, ...(chunk.css ?? []), ...next.flatMap((name) => filesOf(manifest, name, lazy, seen))];
}

const weigh = (files) => [...new Set(files)].reduce((sum, file) => sum + gzipSync(readFileSync(new URL(file, root)), { level: 9 }).length, 0) / 1000;

const budgets = [
  ["patient page to incoming call", "patient.html", false, 110],
  ["patient page in the call", "patient.html", true, 260],
  ["guest page before the knock", DOOR, false, 85],
  ["guest page in the call", DOOR, true, 240],
];
for (const [what, page, lazy, budget] of budgets) {
  const size = weigh(filesOf(page === DOOR ? guests : read("manifest.json"), page, lazy));
  const verdict = size <= budget ? "ok" : "TOO LARGE";
  console.log(`${what}: ${size.toFixed(1)} kB of ${budget} kB ${verdict}`);
  if (size > budget) process.exitCode = 1;
}
