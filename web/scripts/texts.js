/** Collect the interface's texts into src/locales; with --check fail when they are not fresh or English lacks one. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const catalogues = ["sv", "en"].map((locale) => new URL(`../src/locales/${locale}.po`, import.meta.url));
const read = () => catalogues.map((file) => readFileSync(file, "utf8").replace(/^"POT-Creation-Date.*\n/m, ""));

const isCheck = process.argv.includes("--check");
const before = isCheck ? read() : [];
execFileSync("npx", ["lingui", "extract", "--clean"], { stdio: isCheck ? "ignore" : "inherit" });
if (isCheck) {
  const after = read();
  if (after.join() !== before.join()) fail("src/locales is not fresh: run `npm run texts`, translate, commit.");
  const missing = after[1].match(/^msgid "(?!"\n).*"\nmsgstr ""\n(?!")/gm) ?? [];
  if (missing.length > 0) fail(`English lacks ${missing.length} texts:\n${missing.join("")}`);
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}
