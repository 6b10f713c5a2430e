import { beforeEach, expect, test, vi } from "vitest";
import { personalKey, readStored, writeStored } from "../../lib/stored";
import { fakeApi, SELMA } from "../../lib/testing/fakes";
import { abilityOf, enrol, forgetDevice, resume, withdraw } from "./device";
import { setShared } from "./shared";

const SOFIA = { ...SELMA, kind: "patient" as const, id: "sofia" };
const WHOSE = personalKey("patient", "push");
const TOLD = { endpoint: "https://push.test/1", p256dh: "p", auth: "a", shows: "all" };
const subscription = { toJSON: () => ({ endpoint: "https://push.test/1", keys: { p256dh: "p", auth: "a" } }), unsubscribe: vi.fn(async () => true) };
const notification = { close: vi.fn() };
let current: typeof subscription | null;
const registration = {
  getNotifications: async () => [notification],
  pushManager: {
    getSubscription: async () => current,
    subscribe: vi.fn(async () => {
      current = subscription;
      return subscription;
    }),
  },
} as unknown as ServiceWorkerRegistration;
const api = () => fakeApi({ "PUT /push/subscription": null, "DELETE /push/subscription": null }, "patient");

function allow(permission: NotificationPermission): void {
  vi.stubGlobal("Notification", { permission });
}

beforeEach(() => {
  current = null;
  vi.clearAllMocks();
  setShared(false);
  vi.stubGlobal("PushManager", vi.fn());
  allow("granted");
  Object.defineProperty(navigator, "serviceWorker", { configurable: true, value: { ready: Promise.resolve(registration) } });
});

test("the server is told where this device can be reached, and with which key it asks", async () => {
  const asked = api();
  await enrol(asked, SOFIA, "key");
  expect(registration.pushManager.subscribe).toHaveBeenCalledWith({ userVisibleOnly: true, applicationServerKey: "key" });
  expect(asked.asked).toEqual([["PUT /push/subscription", TOLD]]);
});

test("after a new sign-in the same person's device is told anew, as shared when it is", async () => {
  await enrol(api(), SOFIA, "key");
  setShared(true);
  const asked = api();
  await resume(asked, SOFIA);
  expect(asked.asked).toEqual([["PUT /push/subscription", { ...TOLD, shows: "calls_only" }]]);
});

test("somebody else who signs in is not enrolled, and the browser forgets where it was reached", async () => {
  await enrol(api(), SOFIA, "key");
  subscription.unsubscribe.mockClear();
  const asked = api();
  await resume(asked, { ...SOFIA, id: "erik" });
  expect(asked.asked).toEqual([]);
  expect(subscription.unsubscribe).toHaveBeenCalledOnce();
  expect(readStored(WHOSE)).toBeNull();
});

test("nobody who has not asked for it is enrolled", async () => {
  current = subscription;
  const asked = api();
  await resume(asked, SOFIA);
  expect(asked.asked).toEqual([]);
});

test("a session that has run out takes down what is shown and keeps the device; signing out forgets it", async () => {
  await enrol(api(), SOFIA, "key");
  subscription.unsubscribe.mockClear();
  await forgetDevice(registration);
  expect(notification.close).toHaveBeenCalledOnce();
  expect(subscription.unsubscribe).not.toHaveBeenCalled();
  writeStored(WHOSE, null);
  await forgetDevice(registration);
  expect(subscription.unsubscribe).toHaveBeenCalledOnce();
});

test("turning it off tells the server first", async () => {
  await enrol(api(), SOFIA, "key");
  const asked = api();
  await withdraw(asked);
  expect(asked.asked).toEqual([["DELETE /push/subscription", undefined]]);
  expect(readStored(WHOSE)).toBeNull();
});

test.each([["default", "ask"], ["granted", "granted"], ["denied", "refused"]] as const)("permission %s means %s", (permission, ability) => {
  allow(permission);
  expect(abilityOf()).toBe(ability);
});

test.each([["Mozilla/5.0 (iPhone) Safari/604.1", "needs-install"], ["Mozilla/5.0 (Windows NT 10.0)", "unsupported"]])(
  "without push %s %s",
  (agent, ability) => {
    vi.stubGlobal("Notification", undefined);
    delete (globalThis as { Notification?: unknown }).Notification;
    vi.stubGlobal("matchMedia", () => ({ matches: false }));
    vi.spyOn(navigator, "userAgent", "get").mockReturnValue(agent);
    expect(abilityOf()).toBe(ability);
  },
);
