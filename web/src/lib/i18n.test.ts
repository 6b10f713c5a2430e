import { expect, test } from "vitest";
import { chooseLocale, i18n, suggestLocale } from "./i18n";

test("an invitation's language is shown and not remembered", async () => {
  await suggestLocale("en");
  expect([i18n.t("Ditt namn"), document.documentElement.lang, localStorage.length]).toEqual(["Your name", "en", 0]);
});

test("whoever has chosen a language keeps it", async () => {
  await chooseLocale("sv");
  await suggestLocale("en");
  expect(i18n.t("Ditt namn")).toBe("Ditt namn");
});
