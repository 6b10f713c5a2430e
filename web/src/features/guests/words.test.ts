import { expect, test } from "vitest";
import { activateLocale } from "../../lib/i18n";
import { browserAdvice } from "./words";

const IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)";
const SAFARI = `${IPHONE} Version/18.0 Mobile/15E148 Safari/604.1`;
const IPHONE_APP = `${IPHONE} Mobile/15E148`;
const CHROME = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36";
const ANDROID_APP = CHROME.replace("Pixel 9)", "Pixel 9; wv)");
const MESSENGER = `${CHROME} [FB_IAB/FB4A;FBAV/500.0]`;

test("a browser without camera says which one to open on this phone", async () => {
  await activateLocale("sv");
  expect(browserAdvice(IPHONE_APP, { hasDevices: false })).toMatch(/Öppna länken i Safari\.$/u);
  expect(browserAdvice(ANDROID_APP, { hasDevices: false })).toMatch(/Öppna länken i Chrome\.$/u);
  expect(browserAdvice("Mozilla/5.0 (X11; Linux x86_64)", { hasDevices: false })).toMatch(/Chrome, Edge, Firefox eller Safari\.$/u);
});

test("an app's own browser is taken as it is until the app refuses; a real browser can still be allowed", () => {
  for (const inApp of [IPHONE_APP, ANDROID_APP, MESSENGER]) {
    expect(browserAdvice(inApp, { hasDevices: true })).toBeNull();
    expect(browserAdvice(inApp, { hasDevices: true, isDenied: true })).toMatch(/Öppna länken i/u);
  }
  for (const browser of [SAFARI, CHROME]) expect(browserAdvice(browser, { hasDevices: true, isDenied: true })).toBeNull();
});
