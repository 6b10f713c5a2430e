import type { RungFact } from "../../api/wire";
import { i18n } from "../../lib/i18n";

/** How far one rung of a ring's ladder has come; what staff read of it. */
export function rungWords(rung: RungFact): string {
  switch (rung.kind) {
    case "push":
      return pushWords(rung);
    case "sms":
      return smsWords(rung);
    case "phone":
      return i18n.t("Numret togs fram för att ringa på telefon");
  }
}

function pushWords({ state, why }: RungFact): string {
  switch (state) {
    case "asked":
      return i18n.t("Push skickas …");
    case "sent":
      return i18n.t("Push skickad");
    case "shown":
      return i18n.t("Push visad på en enhet");
    case "pressed":
      return i18n.t("Push öppnad på en enhet");
    default:
      return why === "stopped" ? i18n.t("Push hann inte skickas") : i18n.t("Push gick inte fram");
  }
}

function smsWords({ state, why }: RungFact): string {
  switch (state) {
    case "asked":
      return i18n.t("Sms skickas …");
    case "sent":
      return i18n.t("Sms skickat");
    case "delivered":
      return i18n.t("Sms levererat");
    case "opened":
      return i18n.t("Sms: länken öppnad");
    default:
      return failedWords(why);
  }
}

function failedWords(why: string | null | undefined): string {
  if (why === "stopped") return i18n.t("Sms hann inte skickas");
  if (why === "sms-too-soon") return i18n.t("Inget sms: numret fick ett för mindre än en minut sedan");
  if (why?.startsWith("sms-")) return i18n.t("Inget sms: gränsen för sms är nådd");
  return i18n.t("Sms gick inte fram");
}
