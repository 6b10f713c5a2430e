import { act, fireEvent, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { ApiProblem, LineDown } from "../../api/problems";
import type { CheckedNumber } from "../../api/wire";
import { InviteDialog } from "./InviteDialog";
import type { Inviting } from "./inviting";
import { anInvitation, fakeInviting, invitedBefore, pending } from "./testing/builders";

const button = (name: string | RegExp) => screen.getByRole("button", { name });
const field = () => screen.getByRole<HTMLInputElement>("textbox", { name: "Telefonnummer" });
const wrong = (problem: string) => ({ check: () => Promise.resolve<CheckedNumber>({ number: null, shown: "", region: null, problem }) });

function opened(change: Partial<Inviting> = {}, props: Partial<Parameters<typeof InviteDialog>[0]> = {}) {
  const inviting = fakeInviting(change);
  const onClose = vi.fn();
  render(<InviteDialog inviting={inviting} invitations={[]} invitedBefore={[]} onClose={onClose} {...props} />);
  return { inviting, onClose };
}

async function type(text: string): Promise<void> {
  await userEvent.clear(field());
  await userEvent.type(field(), text);
}

test("it begins with +46 to write after, Swedish, and nobody invited", () => {
  opened();
  expect(field().value).toBe("+46");
  expect(screen.getByRole<HTMLInputElement>("radio", { name: "Svenska" }).checked).toBe(true);
  expect(screen.getByText("Ingen har bjudits in till detta samtal än.")).toBeTruthy();
});

test("Skicka without any number asks for one", async () => {
  const { inviting } = opened();
  await userEvent.click(button("Skicka"));
  expect(screen.getByRole("alert").textContent).toBe("Lägg till minst ett telefonnummer.");
  expect(inviting.invite).not.toHaveBeenCalled();
});

test.each([
  ["number-too-short", "Numret är för kort."],
  ["number-is-landline", "Numret är ett fast nummer. Ange ett mobilnummer."],
  ["number-already-invited", "Numret är redan inbjudet."],
  ["number-of-patient", "Det är patientens eget nummer."],
])("a number that is %s stops Skicka and says why", async (problem, words) => {
  const { inviting } = opened(wrong(problem));
  await type("070-12");
  await userEvent.click(button("Skicka"));
  expect(screen.getByRole("alert").textContent).toBe("Kontrollera numret.");
  expect(screen.getByText(words)).toBeTruthy();
  expect(field().getAttribute("aria-invalid")).toBe("true");
  expect(field().value).toBe("070-12");
  expect(inviting.invite).not.toHaveBeenCalled();
});

test("an invalid number also holds back those that were added", async () => {
  const { inviting } = opened({
    check: (typed) => Promise.resolve({ number: typed === "070-12" ? null : "+46701740612", shown: "+46 70 174 06 12", region: "SE", problem: typed === "070-12" ? "number-too-short" : null }),
  });
  await type("0701740612{Enter}");
  await type("070-12");
  await userEvent.click(button("Skicka"));
  expect(screen.getByRole("alert").textContent).toBe("Kontrollera numret.");
  expect(inviting.invite).not.toHaveBeenCalled();
});

test("by keyboard alone: number, role, English, added, sent", async () => {
  const { inviting } = opened();
  await type("070-174 06 12");
  await userEvent.tab();
  await userEvent.tab();
  await userEvent.selectOptions(document.activeElement as HTMLSelectElement, "tolk");
  await userEvent.tab();
  await userEvent.keyboard("{ArrowRight}");
  await userEvent.tab({ shift: true });
  await userEvent.tab({ shift: true });
  expect(document.activeElement).toBe(button("Lägg till"));
  await userEvent.keyboard("{Enter}");
  expect(within(screen.getByRole("list", { name: "Nummer som bjuds in" })).getByText("+46 70 174 06 12 · tolk · sms på engelska")).toBeTruthy();
  button("Skicka").focus();
  await userEvent.keyboard("{Enter}");
  expect(inviting.invite).toHaveBeenCalledExactlyOnceWith([expect.objectContaining({ number: "+46701740612", role: "interpreter", language: "en" })]);
  expect(document.activeElement).toBe(button("Skicka"));
});

test("Enter in the field adds, and a number that was added can be taken away", async () => {
  const { inviting } = opened();
  await type("0701740612{Enter}");
  expect(field().value).toBe("+46");
  await userEvent.click(button("Ta bort +46 70 174 06 12"));
  await userEvent.click(button("Skicka"));
  expect(screen.getByRole("alert").textContent).toBe("Lägg till minst ett telefonnummer.");
  expect(inviting.invite).not.toHaveBeenCalled();
});

test("a double click sends once, and says nothing is wrong", async () => {
  const { work, keep } = pending();
  const { inviting } = opened({ invite: vi.fn(() => work) });
  await type("0701740612");
  await userEvent.dblClick(button("Skicka"));
  expect(button("Skicka").getAttribute("aria-disabled")).toBe("true");
  await act(async () => keep());
  expect(inviting.invite).toHaveBeenCalledTimes(1);
  expect(screen.getByRole("alert").textContent).toBe("");
});

test.each([
  [new ApiProblem(429, "sms-clinic-limit", ""), "Gränsen för sms är nådd i dag. Kontakta administratören."],
  [new ApiProblem(429, "sms-too-soon", ""), "Numret fick nyss ett sms. Vänta en minut."],
  [new ApiProblem(409, "number-already-invited", ""), "Numret är redan inbjudet."],
  [new LineDown("no answer"), "Ingen anslutning. Försök igen om en stund."],
])("what the server refuses is said in words and the number stays: %s", async (error, words) => {
  opened({ invite: () => Promise.reject(error) });
  await type("0701740612");
  await userEvent.click(button("Skicka"));
  expect(screen.getByRole("alert").textContent).toBe(words);
  expect(screen.getByRole("list", { name: "Nummer som bjuds in" }).textContent).toContain("+46 70 174 06 12");
});

test("a check that gets no answer is said in words too", async () => {
  const { inviting } = opened({ check: () => Promise.reject(new LineDown("no answer")) });
  await type("0701740612");
  await userEvent.click(button("Lägg till"));
  expect(screen.getByRole("alert").textContent).toBe("Ingen anslutning. Försök igen om en stund.");
  expect(inviting.invite).not.toHaveBeenCalled();
});

test("Escape and Avbryt close", async () => {
  const { onClose } = opened();
  fireEvent(screen.getByRole("dialog"), new Event("cancel", { cancelable: true }));
  await userEvent.click(button("Avbryt"));
  expect(onClose).toHaveBeenCalledTimes(2);
});

test("whoever is invited stands under Redan inbjudna", () => {
  opened({}, { invitations: [anInvitation({ role: "relative", language: "en", state: "delivered" })] });
  expect(screen.getByText("anhörig · sms på engelska · levererat")).toBeTruthy();
  expect(screen.queryByText("Ingen har bjudits in till detta samtal än.")).toBeNull();
});

test("after a call that ended by mistake the same persons are named, and invited with one press", async () => {
  const { work, keep } = pending();
  const { inviting } = opened({ inviteAgain: vi.fn(() => work) }, { invitedBefore: [invitedBefore(), invitedBefore({ id: "other", name: null, role: "relative", language: "en", number_tail: "0613" })] });
  const people = within(screen.getByRole("region", { name: "Från förra samtalet" })).getAllByRole("listitem");
  expect(people.map((one) => one.textContent)).toEqual(["Amira Haddadtolk · nummer som slutar på 0612", "anhörignummer som slutar på 0613 · sms på engelska"]);
  await userEvent.dblClick(button("Bjud in samma personer"));
  await act(async () => keep());
  expect(inviting.inviteAgain).toHaveBeenCalledTimes(1);
  expect(document.activeElement?.textContent).toBe("Samma personer är inbjudna igen.");
});

test("what stands in the way of inviting the same persons is said, and they can be tried again", async () => {
  opened({ inviteAgain: () => Promise.reject(new ApiProblem(429, "sms-too-soon", "")) }, { invitedBefore: [invitedBefore()] });
  await userEvent.click(button("Bjud in samma personer"));
  expect(screen.getByText("Numret fick nyss ett sms. Vänta en minut.")).toBeTruthy();
  expect(button("Bjud in samma personer").getAttribute("aria-disabled")).toBe("false");
});
