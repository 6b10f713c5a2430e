import { i18n } from "./i18n";

/** The clinic's zone (IANA). Every instant on the screen is shown in it; set once, when the person is known. */
let zone = "Europe/Stockholm";

export function showTimesIn(name: string): void {
  zone = name;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** In the clinic's zone and the language shown. */
export function format(at: Date, options: Intl.DateTimeFormatOptions): string {
  const locale = i18n.locale === "en" ? "en-GB" : "sv-SE";
  const key = `${locale} ${zone} ${JSON.stringify(options)}`;
  const formatter = formats.get(key) ?? new Intl.DateTimeFormat(locale, { ...options, timeZone: zone });
  formats.set(key, formatter);
  return formatter.format(at);
}

/** `14:02` */
export function clock(at: string): string {
  return format(new Date(at), { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

/** `14:02:31` */
export function clockWithSeconds(at: string): string {
  return format(new Date(at), { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
}

/** `2026-11-23`: the day in the clinic's zone, for comparing. */
export function dayOf(at: string | Date): string {
  const parts = format(new Date(at), { year: "numeric", month: "2-digit", day: "2-digit" });
  return i18n.locale === "en" ? parts.split("/").reverse().join("-") : parts;
}

/** `måndag 23 november`, with the year when it is another one. */
export function longDay(at: string, now = new Date()): string {
  const isThisYear = dayOf(at).slice(0, 4) === dayOf(now).slice(0, 4);
  return format(new Date(at), { weekday: "long", day: "numeric", month: "long", ...(isThisYear ? {} : { year: "numeric" }) });
}

/** For a list: today `14:21`, `igår`, this year `3 nov.`, else `2025-11-03`. */
export function shortWhen(at: string, now = new Date()): string {
  const days = daysBetween(dayOf(at), dayOf(now));
  if (days <= 0) return clock(at);
  if (days === 1) return i18n.t("igår");
  if (dayOf(at).slice(0, 4) === dayOf(now).slice(0, 4)) return format(new Date(at), { day: "numeric", month: "short" });
  return dayOf(at);
}

/** Whole minutes, rounded down; 0 when it was less than one. */
export function minutesBetween(from: string, to: string): number {
  return Math.max(0, Math.floor((Date.parse(to) - Date.parse(from)) / 60_000));
}

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
}
