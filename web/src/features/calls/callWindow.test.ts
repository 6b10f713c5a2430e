import { expect, test } from "vitest";
import { next, NEW_WINDOW, stageOf } from "./callWindow";
import { REACHES_WITHIN_MS, mayRingAgain, ringWords, soundWords } from "./ringWords";
import { attendance, callSnapshot, ringSnapshot } from "./testing/builders";

const shown = (change: Parameters<typeof callSnapshot>[0]) => stageOf(next(NEW_WINDOW, { type: "call", call: callSnapshot(change) }));
const ANSWERED = ringSnapshot({ status: "answered" });
const RUNG = Date.parse(ringSnapshot().rung_at);

test("the window goes from placing over ringing and talking to the question", () => {
  expect(stageOf(NEW_WINDOW)).toBe("placing");
  expect(shown({})).toBe("ringing");
  expect(shown({ status: "active", ring: ANSWERED })).toBe("talking");
  expect(shown({ status: "ended", must_ask_feedback: true })).toBe("asking");
});

test.each(["declined", "missed", "cancelled"] as const)("a ring that was %s leaves the call open and unanswered", (status) => {
  expect(shown({ ring: ringSnapshot({ status }) })).toBe("unanswered");
});

test("a patient who left and is rung again is told of as at first, until they are back by any way", () => {
  expect(shown({ status: "active", ring: ringSnapshot() })).toBe("ringing");
  expect(shown({ status: "active", ring: ringSnapshot({ status: "missed" }) })).toBe("unanswered");
  expect(shown({ status: "active", ring: ringSnapshot(), attendances: [attendance("patient")] })).toBe("talking");
});

test("a call that was never answered asks nothing", () => {
  expect(shown({ status: "ended", reason: "cancelled" })).toBe("over");
});

test("an older snapshot never overwrites a newer one", () => {
  const active = next(NEW_WINDOW, { type: "call", call: callSnapshot({ version: 5, status: "active", ring: ANSWERED }) });
  expect(stageOf(next(active, { type: "call", call: callSnapshot({ version: 4 }) }))).toBe("talking");
});

test("the end is said only when the server has said it", () => {
  const talking = next(NEW_WINDOW, { type: "call", call: callSnapshot({ status: "active", ring: ANSWERED }) });
  const failed = next(next(talking, { type: "end" }), { type: "end-failed" });
  expect([stageOf(failed), failed.ending]).toEqual(["talking", "trying-again"]);
  const ended = next(failed, { type: "call", call: callSnapshot({ version: 2, status: "ended", must_ask_feedback: true }) });
  expect([stageOf(ended), ended.ending]).toEqual(["asking", "no"]);
});

test("a call that is answered while it is called off is not ended for that", () => {
  const ringing = next(NEW_WINDOW, { type: "call", call: callSnapshot() });
  const calledOff = next(next(ringing, { type: "end" }), { type: "end-failed" });
  expect(next(calledOff, { type: "call", call: callSnapshot({ version: 2 }) }).ending).toBe("trying-again");
  const answered = next(calledOff, { type: "call", call: callSnapshot({ version: 2, status: "active", ring: ANSWERED }) });
  expect([stageOf(answered), answered.ending]).toEqual(["talking", "no"]);
  const ended = next(next(answered, { type: "end" }), { type: "call", call: callSnapshot({ version: 3, status: "active", ring: ANSWERED }) });
  expect(ended.ending).toBe("asked");
});

test("a call placed elsewhere and another person's session are told apart from a failure", () => {
  const told = (why: "failed" | "taken" | "foreign") => stageOf(next(NEW_WINDOW, { type: "not-placed", why }));
  expect([told("failed"), told("taken"), told("foreign")]).toEqual(["not-placed", "taken", "foreign"]);
});

test("the ring's words follow what the patient's devices have told", () => {
  const at = (change: Parameters<typeof ringSnapshot>[0], now = RUNG + REACHES_WITHIN_MS) => ringWords(ringSnapshot(change), now);
  const told = "2026-11-23T13:02:01Z";
  expect(at({}, RUNG)).toBe("");
  expect(at({})).toBe("Patienten har inte appen öppen");
  expect(at({ delivered_at: told })).toBe("");
  expect(at({ delivered_at: told, seen_at: told })).toBe("Visas på patientens skärm");
  expect(at({ delivered_at: told, in_background: true })).toBe("Appen är i bakgrunden. Patienten kanske inte märker samtalet.");
  expect(at({ delivered_at: told, minute_asked_at: told })).toBe("Patienten ber om en minut");
  expect(at({ status: "declined" })).toBe("Avböjt");
  expect(at({ status: "missed" })).toBe("Patienten svarade inte");
});

test("silence is told only of a ring that has arrived and rings", () => {
  expect(soundWords(ringSnapshot({ silent: true }))).toBeNull();
  expect(soundWords(ringSnapshot({ silent: true, delivered_at: "2026-11-23T13:02:01Z" }))).toBe("Patientens ljud är avstängt");
});

test("staff may ring again when the patient is not there and nothing rings", () => {
  expect(mayRingAgain(callSnapshot())).toBe(false);
  expect(mayRingAgain(callSnapshot({ ring: ringSnapshot({ status: "missed" }) }))).toBe(true);
  expect(mayRingAgain(callSnapshot({ status: "active", ring: ringSnapshot({ status: "answered" }) }))).toBe(true);
  expect(mayRingAgain(callSnapshot({ status: "active", attendances: [attendance("patient")], ring: null }))).toBe(false);
});
