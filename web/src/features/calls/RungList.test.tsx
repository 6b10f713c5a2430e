import { cleanup, render, screen, within } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import type { RungFact } from "../../api/wire";
import { RungList } from "./RungList";
import { ringSnapshot } from "./testing/builders";

afterEach(cleanup);

const rung = (kind: RungFact["kind"], state: RungFact["state"], why: string | null = null): RungFact => ({ kind, state, at: "2026-11-23T13:02:10Z", why });
const rows = (...rungs: RungFact[]) => {
  render(<RungList ring={ringSnapshot({ rungs })} />);
  return within(screen.getByRole("list", { name: "Så nås patienten" })).getAllByRole("listitem").map((row) => row.textContent);
};

test("each rung is a row with the time of its latest step, in the order they were climbed", () => {
  expect(rows(rung("push", "shown"), rung("sms", "delivered"))).toEqual(["Push visad på en enhet14:02:10", "Sms levererat14:02:10"]);
});

test.each([
  [rung("push", "asked"), "Push skickas …"],
  [rung("push", "sent"), "Push skickad"],
  [rung("push", "failed"), "Push gick inte fram"],
  [rung("push", "pressed"), "Push öppnad på en enhet"],
  [rung("sms", "asked"), "Sms skickas …"],
  [rung("sms", "sent"), "Sms skickat"],
  [rung("sms", "opened"), "Sms: länken öppnad"],
  [rung("sms", "failed", "unreachable"), "Sms gick inte fram"],
  [rung("push", "failed", "stopped"), "Push hann inte skickas"],
  [rung("sms", "failed", "stopped"), "Sms hann inte skickas"],
  [rung("sms", "failed", "sms-too-soon"), "Inget sms: numret fick ett för mindre än en minut sedan"],
  [rung("sms", "failed", "sms-clinic-limit"), "Inget sms: gränsen för sms är nådd"],
  [rung("phone", "called"), "Numret togs fram för att ringa på telefon"],
])("staff read %o as it is", (fact, words) => {
  expect(rows(fact)[0]).toContain(words);
});

test("before anything is climbed its room is there, announced politely and empty", () => {
  render(<RungList ring={ringSnapshot()} />);
  expect(screen.getByRole("status").textContent).toBe("");
  expect(screen.queryByRole("list")).toBeNull();
});
