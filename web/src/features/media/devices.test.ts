import { afterEach, expect, test, vi } from "vitest";
import { keepDevicesAtHand } from "./devices";

afterEach(() => vi.useRealTimers());

test("the browser is asked what devices there are oftener than it forgets them, until they are let go", async () => {
  vi.useFakeTimers();
  const asked = vi.fn(() => Promise.reject(new Error("not allowed")));
  vi.stubGlobal("navigator", { mediaDevices: { enumerateDevices: asked } });
  const letGo = keepDevicesAtHand();
  expect(asked).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(4_999);
  expect(asked).toHaveBeenCalledTimes(2);
  letGo();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toHaveBeenCalledTimes(2);
});

test("where the browser has no devices to speak of nothing is asked", () => {
  vi.stubGlobal("navigator", {});
  expect(() => keepDevicesAtHand()()).not.toThrow();
});
