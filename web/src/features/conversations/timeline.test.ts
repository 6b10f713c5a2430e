import { expect, test } from "vitest";
import { anEntry } from "../../lib/testing/fakes";
import { EMPTY_TIMELINE, mergeEntries, type Timeline } from "./timeline";

const seqs = (timeline: Timeline) => timeline.entries.map((entry) => entry.seq);
const from = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => anEntry(first + index));
const opened = mergeEntries({ ...EMPTY_TIMELINE, hasOlder: true }, from(51, 60));

test("an older page goes above", () => {
  expect(seqs(mergeEntries(opened, from(41, 50)))).toEqual(from(41, 60).map((entry) => entry.seq));
});

test("what is already here changes nothing", () => {
  expect(mergeEntries(opened, from(55, 60))).toBe(opened);
});

test("an entry behind a gap waits until the gap is filled", () => {
  const withGap = mergeEntries(opened, [anEntry(62)]);
  expect(seqs(withGap).at(-1)).toBe(60);
  expect(seqs(mergeEntries(withGap, [anEntry(61)])).at(-1)).toBe(62);
});

test("nothing is older than the first entry of all", () => {
  expect(mergeEntries(opened, from(1, 50)).hasOlder).toBe(false);
});
