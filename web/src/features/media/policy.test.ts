import { expect, test } from "vitest";
import { mendingPolicy, rejoinAfter } from "./policy";

test("a broken line is mended in steps of at most 400 ms, then given over to a new join", () => {
  const steps = Array.from({ length: 20 }, (_, retryCount) => mendingPolicy.nextRetryDelayInMs({ retryCount }));
  expect(Math.max(...steps.map((step) => step ?? 0))).toBe(400);
  expect(steps.at(-1)).toBeNull();
});

test("joining anew waits longer each time, never above 4 s, and never gives up", () => {
  expect([0, 1, 2, 3, 4, 100, 10_000].map((attempt) => rejoinAfter(attempt, () => 1))).toEqual([300, 600, 1200, 2400, 4000, 4000, 4000]);
});
