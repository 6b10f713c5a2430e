import { expect, test } from "vitest";
import { noticeOf, pageOf, type Push } from "./pushes";

const AT = "2026-11-26T12:58:00Z";
const NOW = Date.parse(AT);
const RING: Push = { kind: "ring", ring_id: "r1", conversation_id: "c1", clinic: "testkoping", expires_at: "2026-11-26T12:58:45Z", brand: null };
const OVER: Push = { kind: "ring_over", ring_id: "r1", clinic: "testkoping", status: "missed", at: AT, brand: null };
const MESSAGE: Push = { kind: "message", conversation_id: "c1", clinic: "testkoping", brand: "Region Testköping" };
const clock = new Date(AT).toLocaleTimeString("sv-SE", { hour: "2-digit", minute: "2-digit" });

test("a ring says that somebody rings, with two answers, and stays", () => {
  const [title, notice] = noticeOf(RING, "sv", NOW);
  expect(title).toBe("Inkommande videosamtal");
  expect(notice.body).toBe("");
  expect(notice.actions).toEqual([{ action: "answer", title: "Svara" }, { action: "decline", title: "Avböj" }]);
  expect(notice).toMatchObject({ requireInteraction: true, renotify: true, tag: "ring:r1" });
});

test("a ring that comes too late says so, and offers nothing to answer", () => {
  const [title, notice] = noticeOf(RING, "sv", NOW + 60_000);
  expect(title).toMatch(/^Vården försökte nå dig \d\d:\d\d$/u);
  expect(notice.actions).toBeUndefined();
});

test.each([
  ["answered", "Samtalet är besvarat"],
  ["declined", "Samtalet är avböjt"],
  ["missed", `Vården försökte nå dig ${clock}`],
  ["cancelled", `Vården försökte nå dig ${clock}`],
] as const)("a ring that was %s takes the ring's place: %s", (status, words) => {
  const [title, notice] = noticeOf({ ...OVER, status }, "sv", NOW);
  expect(title).toBe(words);
  expect(notice).toMatchObject({ tag: "ring:r1", silent: true });
});

test("a message is told of without its text, and once per conversation", () => {
  const [title, notice] = noticeOf(MESSAGE, "sv", NOW);
  expect([title, notice.body, notice.tag]).toEqual(["Du har ett nytt meddelande", "Region Testköping", "message:c1"]);
});

test("who has chosen English reads English", () => {
  const [title, notice] = noticeOf(RING, "en", NOW);
  expect([title, ...(notice.actions ?? []).map((one) => one.title), notice.lang]).toEqual(["Incoming video call", "Answer", "Decline", "en"]);
});

test("a press leads to the ring, the conversation, the list", () => {
  expect([RING, MESSAGE, OVER].map(pageOf)).toEqual([
    "/patient/testkoping/conversations/c1?ring=r1",
    "/patient/testkoping/conversations/c1",
    "/patient/testkoping/",
  ]);
});
