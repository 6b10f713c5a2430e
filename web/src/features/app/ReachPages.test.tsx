import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import type { PushSettings } from "../../api/wire";
import { fakeApi, fakeSocket, SELMA } from "../../lib/testing/fakes";
import { SessionContext } from "../session/context";
import { CallsPage, QuietPage, TextsPage } from "./ReachPages";

const SETTINGS: PushSettings = {
  public_key: "key",
  is_subscribed: false,
  shows: null,
  may_show_brand: false,
  quiet_from: null,
  quiet_to: null,
  has_sms_agreement: false,
  number_ending: "0605",
};
const NAME = { name: "Få veta när vården ringer" };

function show(page: React.ReactNode, answers: Record<string, unknown> = {}) {
  const api = fakeApi({ "GET /push": SETTINGS, ...answers }, "patient");
  const me = { ...SELMA, kind: "patient" as const };
  render(<SessionContext value={{ me, api, socket: fakeSocket(), signOut: async () => undefined }}>{page}</SessionContext>);
  return api;
}

function allow(permission: NotificationPermission, answer = permission) {
  const requestPermission = vi.fn(async () => {
    (Notification as { permission: NotificationPermission }).permission = answer;
    return answer;
  });
  vi.stubGlobal("Notification", { permission, requestPermission });
  return requestPermission;
}

beforeEach(() => {
  vi.stubGlobal("PushManager", vi.fn());
  Object.defineProperty(navigator, "serviceWorker", { configurable: true, value: { ready: new Promise(() => undefined) } });
});

test("the browser asks after the press and not before; a no is answered with what to do", async () => {
  const ask = allow("default", "denied");
  show(<CallsPage home="/patient/testkoping/" />);
  const button = await screen.findByRole("button", NAME);
  expect(ask).not.toHaveBeenCalled();
  await userEvent.click(button);
  expect(ask).toHaveBeenCalledOnce();
  expect(await screen.findByText("Tillåt aviseringar.")).toBeTruthy();
});

test("a browser that cannot be reached is said to be one", async () => {
  allow("default", "granted");
  const pushManager = { getSubscription: async () => null, subscribe: async () => Promise.reject(new DOMException("no service", "AbortError")) };
  Object.defineProperty(navigator, "serviceWorker", { configurable: true, value: { ready: Promise.resolve({ pushManager }) } });
  show(<CallsPage home="/patient/testkoping/" />);
  await userEvent.click(await screen.findByRole("button", NAME));
  expect((await screen.findByRole("alert")).textContent).toContain("Webbläsaren kunde inte ordna aviseringar.");
});

test("where no push is sent nobody is asked for anything", async () => {
  const ask = allow("default");
  show(<CallsPage home="/patient/testkoping/" />, { "GET /push": { ...SETTINGS, public_key: null } });
  expect(await screen.findByText(/Vården skickar inga aviseringar till dig/u)).toBeTruthy();
  expect(screen.queryByRole("button")).toBeNull();
  expect(ask).not.toHaveBeenCalled();
});

test("the brand is shown only when the person ticks it", async () => {
  allow("granted");
  const on = { ...SETTINGS, is_subscribed: true, shows: "all" };
  const api = show(<CallsPage home="/patient/testkoping/" />, { "GET /push": on, "PATCH /push": { ...on, may_show_brand: true } });
  await userEvent.click(await screen.findByRole("checkbox", { name: "Visa regionens namn" }));
  expect(api.asked).toContainEqual(["PATCH /push", { may_show_brand: true }]);
});

test("texts are agreed to for a number whose end the person sees", async () => {
  const api = show(<TextsPage />, { "PATCH /push": { ...SETTINGS, has_sms_agreement: true } });
  await userEvent.click(await screen.findByRole("checkbox", { name: "Skicka sms till numret som slutar på 0605" }));
  expect(api.asked).toContainEqual(["PATCH /push", { has_sms_agreement: true }]);
});

test("without a number there is nothing to agree to", async () => {
  show(<TextsPage />, { "GET /push": { ...SETTINGS, number_ending: null } });
  expect(await screen.findByText(/Vården har inget mobilnummer till dig/u)).toBeTruthy();
});

test("quiet hours are saved whole and taken away whole", async () => {
  let settings = SETTINGS;
  const api = show(<QuietPage />, {
    "GET /push": () => settings,
    "PATCH /push": (choices: object) => {
      settings = { ...settings, ...choices };
      return settings;
    },
  });
  await userEvent.click(await screen.findByRole("button", { name: "Spara" }));
  expect(await screen.findByText("Tyst 21:00–07:00.")).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: "Ta bort tysta timmar" }));
  expect(await screen.findByText("Inga tysta timmar.")).toBeTruthy();
  expect(api.asked.slice(1)).toEqual([
    ["PATCH /push", { quiet_from: "21:00", quiet_to: "07:00" }],
    ["PATCH /push", { quiet_from: null, quiet_to: null }],
  ]);
});
