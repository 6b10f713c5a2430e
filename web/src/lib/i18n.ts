import { i18n } from "@lingui/core";
import { messages as swedish } from "../locales/sv.po";
import { createStore, useStore } from "./store";

export { i18n };
export type Locale = "sv" | "en";

/** A Swedish text without a plural is not in the catalogue: it is its own id, with `{places}` to fill. */
i18n.setMessagesCompiler((text) => text.split(/(\{\w+\})/u).map((part) => (/^\{\w+\}$/u.test(part) ? [part.slice(1, -1)] : part)));

const KEY = "narvaro.language";
const locale = createStore<Locale>("sv");

/** Swedish unless the person has chosen English in the menu; the browser's language is not consulted. */
export function chosenLocale(): Locale {
  return localStorage.getItem(KEY) === "en" ? "en" : "sv";
}

/** Load and show the language, without remembering it. Call once before the first render. */
export async function activateLocale(next: Locale): Promise<void> {
  const messages = next === "en" ? (await import("../locales/en.po")).messages : swedish;
  i18n.loadAndActivate({ locale: next, messages });
  document.documentElement.lang = next;
  locale.set(next);
}

export async function chooseLocale(next: Locale): Promise<void> {
  localStorage.setItem(KEY, next);
  await activateLocale(next);
}

/** For somebody who has not chosen: show it, and do not remember it. */
export async function suggestLocale(next: Locale): Promise<void> {
  if (localStorage.getItem(KEY) === null && next !== i18n.locale) await activateLocale(next);
}

/** The language shown now; a component that uses it is drawn anew when it changes. */
export function useLocale(): Locale {
  return useStore(locale);
}
