import { act, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { ApiProblem } from "../../api/problems";
import type { Knock } from "../../api/wire";
import type { Inviting } from "./inviting";
import { KnockCards } from "./KnockCards";
import { aKnock, fakeInviting, pending } from "./testing/builders";

const button = (name: string) => screen.getByRole<HTMLButtonElement>("button", { name });

function shown(knocks: Knock[], change: Partial<Inviting> = {}, isSharing = false) {
  const inviting = fakeInviting(change);
  const { rerender } = render(<KnockCards knocks={[]} inviting={inviting} />);
  const region = screen.getByRole("alert");
  rerender(<KnockCards knocks={knocks} inviting={inviting} isSharing={isSharing} />);
  return { inviting, region };
}

test("a knock comes into a live region that was there before, with name, role, digits and device", () => {
  const { region } = shown([aKnock()]);
  const card = within(region).getByRole("region", { name: "Amira Haddad vill vara med" });
  expect(within(card).getByText("tolk · nummer som slutar på 0612")).toBeTruthy();
  expect(within(card).getByText("Länken öppnas för första gången")).toBeTruthy();
  expect(within(card).queryByText(/kommer att se/u)).toBeNull();
});

test("another device, another role than staff gave, and what is shared meanwhile are said", () => {
  shown([aKnock({ role: "relative", is_first_device: false })], {}, true);
  expect(screen.getByText("Inbjuden som anhörig, uppger sig vara tolk · nummer som slutar på 0612")).toBeTruthy();
  expect(screen.getByText("Länken öppnas på en ny enhet")).toBeTruthy();
  expect(screen.getByText("Amira Haddad kommer att se det du delar")).toBeTruthy();
});

test("by keyboard: letting in comes first, refusing after it", async () => {
  const { inviting } = shown([aKnock()]);
  await userEvent.tab();
  expect(document.activeElement).toBe(button("Släpp in Amira Haddad"));
  await userEvent.tab();
  await userEvent.keyboard(" ");
  expect(inviting.refuse).toHaveBeenCalledExactlyOnceWith("knock");
  expect(inviting.admit).not.toHaveBeenCalled();
});

test("a double click lets in once, and refusing has to wait for the answer", async () => {
  const { work, keep } = pending();
  const { inviting } = shown([aKnock()], { admit: vi.fn(() => work) });
  await userEvent.dblClick(button("Släpp in Amira Haddad"));
  await userEvent.click(button("Neka Amira Haddad"));
  await act(async () => keep());
  expect(inviting.admit).toHaveBeenCalledExactlyOnceWith("knock");
  expect(inviting.refuse).not.toHaveBeenCalled();
});

test("each card answers for its own knock", async () => {
  const { inviting } = shown([aKnock(), aKnock({ id: "second", name: "Anna Lindqvist", kind: "staff", role: null, said_role: null, number_tail: null })]);
  await userEvent.click(button("Släpp in Anna Lindqvist"));
  expect(inviting.admit).toHaveBeenCalledExactlyOnceWith("second");
});

test("whoever was late reads that a colleague has answered, and can press again", async () => {
  shown([aKnock()], { admit: () => Promise.reject(new ApiProblem(409, "knock-decided", "")) });
  await userEvent.click(button("Släpp in Amira Haddad"));
  expect(screen.getByText("Någon annan har redan svarat.")).toBeTruthy();
  expect(button("Släpp in Amira Haddad").disabled).toBe(false);
});
