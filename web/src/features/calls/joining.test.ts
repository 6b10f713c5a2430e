import { expect, test } from "vitest";
import type { Knock } from "../../api/wire";
import { joiningOf } from "./joining";
import { attendance, callSnapshot } from "./testing/builders";

const me = { id: "colleague" };
const knock: Knock = { id: "knock", kind: "staff", name: "Kollega", role: null, said_role: null, number_tail: null, is_first_device: true, knocked_at: "2026-11-23T13:26:00Z" };
const gone = (reason: "left" | "removed") => [{ kind: "staff" as const, person_id: me.id, name: "Kollega", left_at: "2026-11-23T13:30:00Z", reason }];

test("who has asked waits until the knock is answered", () => {
  expect(joiningOf(callSnapshot(), me, null)).toBe("outside");
  expect(joiningOf(callSnapshot({ knocks: [knock] }), me, "knock")).toBe("waiting");
  expect(joiningOf(callSnapshot(), me, "knock")).toBe("refused");
});

test("who was let in may go to the call, and back to it after leaving, but not after being removed", () => {
  expect(joiningOf(callSnapshot({ attendances: [attendance("staff", { person_id: me.id })] }), me, "knock")).toBe("admitted");
  expect(joiningOf(callSnapshot({ left: gone("left") }), me, null)).toBe("admitted");
  expect(joiningOf(callSnapshot({ left: gone("removed") }), me, null)).toBe("outside");
});
