import { expect, test } from "vitest";
import type { Invitation, Knock } from "../../api/wire";
import { deviceWords, knockFacts, numberProblem, stateWords } from "./words";

const knock: Knock = { id: "k", kind: "guest", name: "Ahmad Haddad", role: "interpreter", said_role: "interpreter", number_tail: "33", is_first_device: true, knocked_at: "2026-11-23T13:26:00Z" };

test.each([
  ["queued", "i kö"],
  ["sent", "skickat"],
  ["delivered", "levererat"],
  ["undeliverable", "kunde inte levereras (sms-tjänsten svarar inte)"],
  ["opened", "länken öppnad"],
  ["waiting", "väntar"],
  ["in_call", "i samtalet"],
  ["refused", "nekad"],
  ["left", "lämnade"],
  ["removed", "borttagen"],
  ["revoked", "återkallad"],
  ["declined", "kan inte nu"],
] satisfies [Invitation["state"], string][])("an invitation that is %s reads %s", (state, words) => {
  expect(stateWords({ state, why: "unreachable" })).toBe(words);
});

test("the role that staff gave wins over the one that is said", () => {
  expect(knockFacts(knock)).toEqual(["tolk", "nummer som slutar på 33"]);
  expect(knockFacts({ ...knock, role: "relative" })[0]).toBe("Inbjuden som anhörig, uppger sig vara tolk");
  expect(knockFacts({ ...knock, role: null })[0]).toBe("tolk");
});

test("a second browser with the same link is named", () => {
  expect(deviceWords(knock)).toBe("Länken öppnas för första gången");
  expect(deviceWords({ ...knock, is_first_device: false })).toBe("Länken öppnas på en ny enhet");
});

test("a colleague has neither number nor link", () => {
  const colleague: Knock = { ...knock, kind: "staff", role: null, said_role: null, number_tail: null };
  expect(knockFacts(colleague)).toEqual(["kollega på kliniken"]);
  expect(deviceWords(colleague)).toBeNull();
});

test("a country is named in the page's language; an unknown problem is still a sentence", () => {
  expect(numberProblem({ problem: "number-country-not-allowed", region: "DE" })).toBe("Sms kan inte skickas till Tyskland.");
  expect(numberProblem({ problem: "something-new", region: null })).toBe("Kontrollera numret.");
});
