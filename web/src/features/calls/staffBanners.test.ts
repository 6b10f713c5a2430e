import { expect, test } from "vitest";
import { staffBanners } from "./staffBanners";
import { attendance, callSnapshot, ringSnapshot } from "./testing/builders";

const NOW = Date.parse("2026-11-23T13:12:00Z");
const guest = attendance("guest", { id: "guest", name: "Amira Tolk" });
const answered = ringSnapshot({ status: "answered" });
const left = [{ kind: "patient", person_id: "patient", name: "Sofia Gunnarsson", left_at: "2026-11-23T13:10:00Z", reason: "left" } as const];
const alone = [attendance("staff")];
const sitting = (change: Parameters<typeof callSnapshot>[0], isSharing = false) => staffBanners(callSnapshot({ status: "active", attendances: [attendance("staff"), guest], ...change }), NOW, isSharing);

test("staff are told that the patient left, and may ring again", () => {
  expect(sitting({ left, ring: answered })).toEqual([{ id: "left", tone: "warn", words: "Sofia Gunnarsson har lämnat samtalet", act: "ring-again" }]);
  expect(sitting({ left, ring: answered, attendances: [attendance("staff")] })).toHaveLength(1);
});

test("a ring that follows says how far it has got, over a guest and over a shared screen", () => {
  const seen = ringSnapshot({ delivered_at: "2026-11-23T13:11:58Z", seen_at: "2026-11-23T13:11:59Z", silent: true });
  const told = [{ id: "ring", tone: "calm", words: "Ringer Sofia Gunnarsson … Visas på patientens skärm · Patientens ljud är avstängt" }];
  expect(sitting({ left, ring: seen })).toEqual(told);
  expect(sitting({ left, ring: seen, attendances: alone }, true)).toEqual(told);
});

test("nothing is said twice: where staff sit alone the card in the patient's place tells of the ring", () => {
  for (const status of ["ringing", "declined", "missed"] as const) expect(sitting({ left, ring: ringSnapshot({ status }), attendances: alone })).toEqual([]);
  expect(sitting({ status: "open", attendances: alone })).toEqual([]);
});

test.each([
  ["missed", "Patienten svarade inte"],
  ["declined", "Avböjt"],
] as const)("a ring that was %s can be followed by another", (status, words) => {
  expect(sitting({ left, ring: ringSnapshot({ status }) })).toEqual([{ id: "ring", tone: "warn", words, act: "ring-again" }]);
});

test("nothing is said once the patient is there or the call is over", () => {
  expect(sitting({ attendances: [attendance("staff"), guest, attendance("patient")], ring: answered })).toEqual([]);
  expect(sitting({ left, status: "ended", ring: ringSnapshot({ status: "cancelled" }) })).toEqual([]);
});

test("before the first answer a guest takes the card's place", () => {
  expect(sitting({ status: "open" }).map((banner) => banner.id)).toEqual(["ring"]);
});
