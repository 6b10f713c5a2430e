import { expect, test } from "vitest";
import type { IncomingRing } from "../../api/wire";
import { incomingRing } from "./testing/builders";
import { isSounding, next, QUIET, type Ringing } from "./ringing";

const ring = incomingRing();
const ringing: Ringing = next(QUIET, { type: "ring", ring });

test("a ring sounds until it is silenced, and stays silent when it is told of again", () => {
  const silent = next(ringing, { type: "silence" });
  expect([ringing, silent, next(silent, { type: "ring", ring: { ...ring } })].map(isSounding)).toEqual([true, false, false]);
});

test("another ring sounds again", () => {
  const silent = next(ringing, { type: "silence" });
  expect(isSounding(next(silent, { type: "ring", ring: incomingRing({ id: "another" }) }))).toBe(true);
});

test("a device that did not answer is told that another one did", () => {
  const over = next(ringing, { type: "ring", ring: { ...ring, status: "answered" } });
  expect(over).toMatchObject({ name: "over", why: "elsewhere" });
  expect(next(over, { type: "put-away" })).toBe(QUIET);
});

test.each(["missed", "cancelled"] as const)("a ring that is %s leaves a kind word, so that a late finger hits nothing", (status) => {
  expect(next(ringing, { type: "ring", ring: { ...ring, status } })).toMatchObject({ name: "over", why: "late" });
});

test("a tap that came too late is told so, a tap that failed may be repeated", () => {
  const answering = next(ringing, { type: "accept", hasCamera: true });
  expect(next(answering, { type: "too-late" })).toMatchObject({ name: "over", why: "late" });
  expect(next(answering, { type: "failed" })).toMatchObject({ name: "ringing", isToneOff: true });
});

test("while an answer is under way the server's news of the same ring changes nothing on the screen", () => {
  const answering = next(ringing, { type: "accept", hasCamera: false });
  expect(next(answering, { type: "ring", ring: { ...ring, status: "answered" } })).toMatchObject({ name: "answering", hasCamera: false });
  expect(next(answering, { type: "ring", ring: incomingRing({ id: "another" }) })).toBe(answering);
});

test("an answer that failed may be repeated unless the ring has ended meanwhile", () => {
  const failed = (status: IncomingRing["status"]) =>
    next(next(next(ringing, { type: "accept", hasCamera: true }), { type: "ring", ring: { ...ring, status } }), { type: "failed" });
  expect([failed("ringing"), failed("answered")].map((state) => state.name)).toEqual(["ringing", "ringing"]);
  for (const status of ["missed", "cancelled", "declined"] as const) expect(failed(status)).toMatchObject({ name: "over", why: "late" });
});

test("a declined ring is simply gone", () => {
  expect(next(ringing, { type: "ring", ring: { ...ring, status: "declined" } })).toBe(QUIET);
});

test("whom a notification leads here after the ring is told so, once, unless they have declined", () => {
  const late = (status: "missed" | "answered" | "declined") => next(QUIET, { type: "come-late", ring: { ...ring, status } });
  expect(late("missed")).toMatchObject({ name: "over", why: "late" });
  expect(late("answered")).toMatchObject({ name: "over", why: "elsewhere" });
  expect(late("declined")).toBe(QUIET);
  expect(next(ringing, { type: "come-late", ring: { ...ring, status: "missed" } })).toBe(ringing);
});
