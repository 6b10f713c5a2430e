import type { Entry } from "../../api/wire";

/** What this page has of one conversation's log: a gap-free run of entries, and newer ones that wait for a gap to fill. */
export interface Timeline {
  readonly entries: readonly Entry[];
  readonly ahead: readonly Entry[];
  readonly hasOlder: boolean;
}

export const EMPTY_TIMELINE: Timeline = { entries: [], ahead: [], hasOlder: false };

/** Take in entries in any order, also ones already here. */
export function mergeEntries(timeline: Timeline, incoming: readonly Entry[]): Timeline {
  const fresh = incoming.filter((entry) => !has(timeline, entry.seq));
  if (fresh.length === 0) return timeline;
  const known = new Map([...timeline.entries, ...timeline.ahead, ...fresh].map((entry) => [entry.seq, entry]));
  const anchor = (timeline.entries[0] ?? lowest(fresh)).seq;
  let first = anchor;
  let last = anchor;
  while (known.has(first - 1)) first -= 1;
  while (known.has(last + 1)) last += 1;
  const sorted = [...known.values()].sort((a, b) => a.seq - b.seq);
  return {
    entries: sorted.filter((entry) => entry.seq >= first && entry.seq <= last),
    ahead: sorted.filter((entry) => entry.seq > last),
    hasOlder: timeline.hasOlder && first > 1,
  };
}

export function lastSeq(timeline: Timeline): number {
  return timeline.entries.at(-1)?.seq ?? 0;
}

function has(timeline: Timeline, seq: number): boolean {
  const first = timeline.entries[0]?.seq ?? 0;
  const isInRun = timeline.entries.length > 0 && seq >= first && seq <= lastSeq(timeline);
  return isInRun || timeline.ahead.some((entry) => entry.seq === seq);
}

function lowest(entries: readonly Entry[]): Entry {
  return entries.reduce((least, entry) => (entry.seq < least.seq ? entry : least));
}
