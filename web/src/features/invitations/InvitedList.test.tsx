import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";
import { ApiProblem } from "../../api/problems";
import type { Invitation } from "../../api/wire";
import { InvitedList } from "./InvitedList";
import type { Inviting } from "./inviting";
import { anInvitation, fakeInviting, pending } from "./testing/builders";

const AGAIN = "Nytt sms till +46 70 174 06 12";
const REVOKE = "Återkalla inbjudan till +46 70 174 06 12";
const button = (name: string) => screen.getByRole("button", { name });

function shown(invitation: Partial<Invitation> = {}, change: Partial<Inviting> = {}) {
  const inviting = fakeInviting(change);
  render(<InvitedList invitations={[anInvitation(invitation)]} inviting={inviting} />);
  return inviting;
}

afterEach(() => vi.useRealTimers());

test("a text that failed says why, under the name once there is one", () => {
  shown({ state: "undeliverable", why: "unreachable", name: "Amira Haddad", role: "interpreter" });
  expect(screen.getByText("Amira Haddad")).toBeTruthy();
  expect(screen.getByText("+46 70 174 06 12 · tolk · kunde inte levereras (sms-tjänsten svarar inte)")).toBeTruthy();
});

test("a new text waits a minute, says until when, and is then free", async () => {
  vi.useFakeTimers({ now: Date.parse("2026-11-23T13:00:20Z") });
  const inviting = shown({ may_resend_at: "2026-11-23T13:01:00Z" });
  expect(screen.getByText("Nytt sms kan skickas 14:01.")).toBeTruthy();
  act(() => button(AGAIN).click());
  expect(inviting.textAgain).not.toHaveBeenCalled();
  await act(() => vi.advanceTimersByTimeAsync(41_000));
  expect(screen.queryByText("Nytt sms kan skickas 14:01.")).toBeNull();
  await act(async () => button(AGAIN).click());
  expect(inviting.textAgain).toHaveBeenCalledExactlyOnceWith("invitation");
});

test("a double click sends one text", async () => {
  const { work, keep } = pending();
  const inviting = shown({}, { textAgain: vi.fn(() => work) });
  await userEvent.dblClick(button(AGAIN));
  await act(async () => keep());
  expect(inviting.textAgain).toHaveBeenCalledTimes(1);
});

test("revoking by keyboard", async () => {
  const inviting = shown();
  await userEvent.tab();
  await userEvent.tab();
  expect(document.activeElement).toBe(button(REVOKE));
  await userEvent.keyboard("{Enter}");
  expect(inviting.revoke).toHaveBeenCalledExactlyOnceWith("invitation");
});

test("a refusal is said in words, and gone once it works", async () => {
  const textAgain = vi.fn(() => Promise.resolve());
  textAgain.mockRejectedValueOnce(new ApiProblem(429, "sms-number-limit", ""));
  shown({}, { textAgain });
  await userEvent.click(button(AGAIN));
  expect(screen.getByRole("alert").textContent).toBe("Numret har fått så många sms som får skickas på en dag.");
  await userEvent.click(button(AGAIN));
  expect(screen.queryByRole("alert")).toBeNull();
});

test.each(["revoked", "removed"] as const)("nothing more can be done about somebody %s", (state) => {
  shown({ state, may_resend_at: null });
  expect(screen.queryAllByRole("button")).toEqual([]);
});

test("whoever is in the call needs no new text, but can be put out", () => {
  shown({ state: "in_call", name: "Amira Haddad" });
  expect(screen.queryByRole("button", { name: AGAIN })).toBeNull();
  expect(button(REVOKE)).toBeTruthy();
});
