import { expect, test } from "vitest";
import type { CallFact, RungFact } from "../../api/wire";
import { anEntry } from "../../lib/testing/fakes";
import { readyText } from "./readyText";
import { usualText } from "./usual";
import { factText, kindText, presenceText } from "./words";

const fact = (changes: Partial<CallFact>): CallFact => ({
  call_id: "c0000000-0000-4000-8000-000000000009",
  started_at: null,
  ended_at: null,
  reason: null,
  participants: [],
  rung_at: null,
  delivered: false,
  seen: false,
  rungs: [],
  who: null,
  role: null,
  number_tail: null,
  ...changes,
});

const rung = (kind: RungFact["kind"], state: RungFact["state"]): RungFact => ({ kind, state, at: "2026-11-23T12:58:20Z", why: null });

test("a call that has ended says from when to when, and how long", () => {
  const call = fact({ started_at: "2026-11-23T13:02:10Z", ended_at: "2026-11-23T13:19:40Z", reason: "by_staff" });
  expect(factText(anEntry(1, { kind: "call_ended", call }), "staff")).toBe("Videosamtal 14:02–14:19, 17 min");
});

test.each([
  [{ delivered: true, seen: true }, "Patienten svarade inte 13:58 – visades på skärmen"],
  [{ delivered: true }, "Patienten svarade inte 13:58 – appen var i bakgrunden"],
  [{}, "Patienten svarade inte 13:58 – nådde inte appen"],
  [{ rungs: [rung("push", "failed"), rung("sms", "opened")] }, "Patienten svarade inte 13:58 – nådde inte appen · Push gick inte fram · Sms: länken öppnad"],
])("a missed ring tells staff how far it came: %o", (reach, text) => {
  const call = fact({ rung_at: "2026-11-23T12:58:00Z", ...reach });
  expect(factText(anEntry(1, { kind: "ring_missed", call }), "staff")).toBe(text);
});

test.each([
  ["guest_invited", "Selma Testkvist bjöd in via sms 14:26 · tolk · nummer som slutar på 07"],
  ["guest_knocked", "Ahmad Haddad bad att få vara med 14:26 · tolk · nummer som slutar på 07"],
  ["guest_entered", "Ahmad Haddad kom in i samtalet 14:26 · tolk · nummer som slutar på 07"],
  ["guest_refused", "Ahmad Haddad släpptes inte in 14:26 · tolk · nummer som slutar på 07"],
  ["guest_removed", "Ahmad Haddad togs bort ur samtalet 14:26 · tolk · nummer som slutar på 07"],
  ["guest_left", "Ahmad Haddad lämnade samtalet 14:26 · tolk · nummer som slutar på 07"],
] as const)("%s says who, when and in which role; staff also read the last digits", (kind, text) => {
  const call = fact({ who: "Ahmad Haddad", role: "interpreter", number_tail: "07" });
  const entry = anEntry(1, { kind, author_kind: "staff", author_name: "Selma Testkvist", at: "2026-11-23T13:26:00Z", call });
  expect(factText(entry, "staff")).toBe(text);
  expect(factText(entry, "patient")).toBe(text.replace(" · nummer som slutar på 07", ""));
});

test("the list names an invitation by its kind alone", () => {
  const item = { id: "c", title: "Sofia Gunnarsson", last_at: "2026-11-23T13:26:00Z", last_kind: "guest_invited", last_call: null, unread: 0, presence: null, has_open_call: false, ready_at: null, is_noticed: false } as const;
  expect(kindText(item, "staff")).toBe("Inbjudan via sms");
  expect(kindText({ ...item, last_kind: "guest_left" }, "staff")).toBe("Videosamtal");
});

test("how long somebody has been ready is said in whole minutes", () => {
  const at = "2026-11-23T13:26:00Z";
  expect(readyText(at, Date.parse("2026-11-23T13:30:59Z"))).toBe("Redo sedan 4 min");
  expect(readyText(at, Date.parse("2026-11-23T13:26:59Z"))).toBe("Redo sedan mindre än 1 min");
  expect(readyText(at, Date.parse("2026-11-23T13:25:00Z"))).toBe("Redo sedan mindre än 1 min");
});

test.each([
  [10, "omkring 1 min."],
  [7 * 60 + 29, "omkring 7 min."],
])("how long it took lately is never less than a minute, and no promise: %i s", (seconds, words) => {
  expect(usualText(seconds)).toContain(words);
});

test.each([
  ["ready_withdrawn", "Inte redo längre 14:26"],
  ["ready_expired", "Väntan tog slut 14:26, efter en halvtimme utan samtal"],
] as const)("%s says when", (kind, text) => {
  expect(factText(anEntry(1, { kind, at: "2026-11-23T13:26:00Z" }), "staff")).toBe(text);
});

test("presence is said in words, with the day when it was another one", () => {
  const now = new Date("2026-11-23T15:00:00Z");
  expect(presenceText({ state: "in_app", last_at: null }, now)).toBe("i appen nu");
  expect(presenceText({ state: "away", last_at: "2026-11-23T09:32:00Z" }, now)).toBe("senast i appen 10:32");
  expect(presenceText({ state: "away", last_at: "2026-11-22T19:00:00Z" }, now)).toBe("senast i appen igår 20:00");
  expect(presenceText({ state: "hidden", last_at: null }, now)).toBeNull();
});
