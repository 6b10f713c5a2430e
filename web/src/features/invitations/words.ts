/** What staff read about invitations, knocks and numbers. Plain functions of the wire's shapes. */
import { ApiProblem, problemText } from "../../api/problems";
import { roleWords } from "../../api/roles";
import type { CheckedNumber, Invitation, InvitedBefore, Knock, TextLanguage } from "../../api/wire";
import { i18n } from "../../lib/i18n";

/** How far one invitation has come. */
export function stateWords({ state, why }: Pick<Invitation, "state" | "why">): string {
  switch (state) {
    case "queued":
      return i18n.t("i kö");
    case "sent":
      return i18n.t("skickat");
    case "delivered":
      return i18n.t("levererat");
    case "undeliverable":
      return i18n.t("kunde inte levereras ({why})", { why: whyWords(why) });
    case "opened":
      return i18n.t("länken öppnad");
    case "waiting":
      return i18n.t("väntar");
    case "in_call":
      return i18n.t("i samtalet");
    case "refused":
      return i18n.t("nekad");
    case "left":
      return i18n.t("lämnade");
    case "removed":
      return i18n.t("borttagen");
    case "revoked":
      return i18n.t("återkallad");
    case "declined":
      return i18n.t("kan inte nu");
  }
}

function whyWords(why: string | null): string {
  switch (why) {
    case "refused":
      return i18n.t("numret tar inte emot sms");
    case "unreachable":
      return i18n.t("sms-tjänsten svarar inte");
    case "expired":
      return i18n.t("telefonen gick inte att nå");
    case "stopped":
      return i18n.t("inbjudan gäller inte längre");
    default:
      return i18n.t("okänt om det kom fram");
  }
}

/** `Sverige`, in the language of the page. */
export function countryName(region: string): string {
  return new Intl.DisplayNames([i18n.locale], { type: "region" }).of(region) ?? region;
}

/** What stands in the way of inviting a number; null when nothing does. */
export function numberProblem({ problem, region }: Pick<CheckedNumber, "problem" | "region">): string | null {
  return problem && (codeWords(problem, region) ?? i18n.t("Kontrollera numret."));
}

/** As `problemText`, with the words of numbers, limits and knocks. */
export function invitingProblem(error: unknown): string {
  return (error instanceof ApiProblem && codeWords(error.code, null)) || problemText(error);
}

function codeWords(code: string, region: string | null): string | null {
  switch (code) {
    case "number-too-short":
      return i18n.t("Numret är för kort.");
    case "number-too-long":
      return i18n.t("Numret är för långt.");
    case "number-not-valid":
      return i18n.t("Det är inget telefonnummer.");
    case "number-is-landline":
      return i18n.t("Numret är ett fast nummer. Ange ett mobilnummer.");
    case "number-country-not-allowed":
      return region ? i18n.t("Sms kan inte skickas till {country}.", { country: countryName(region) }) : i18n.t("Sms kan inte skickas till det landet.");
    case "number-is-premium":
      return i18n.t("Sms kan inte skickas till betalnummer.");
    case "number-already-invited":
      return i18n.t("Numret är redan inbjudet.");
    case "number-already-added":
      return i18n.t("Numret finns redan i listan.");
    case "number-of-patient":
      return i18n.t("Det är patientens eget nummer.");
    case "invitation-revoked":
      return i18n.t("Inbjudan är återkallad.");
    case "knock-decided":
      return i18n.t("Någon annan har redan svarat.");
    case "call-of-another-staff-member":
      return i18n.t("Du behöver vara med i samtalet.");
    default:
      return limitWords(code);
  }
}

function limitWords(code: string): string | null {
  switch (code) {
    case "sms-too-soon":
      return i18n.t("Numret fick nyss ett sms. Vänta en minut.");
    case "sms-number-limit":
      return i18n.t("Numret har fått så många sms som får skickas på en dag.");
    case "sms-call-limit":
      return i18n.t("Fler sms kan inte skickas från det här samtalet.");
    case "sms-staff-limit":
      return i18n.t("Du har skickat så många sms som får skickas på en dag. Kontakta administratören.");
    case "sms-clinic-limit":
      return i18n.t("Gränsen för sms är nådd i dag. Kontakta administratören.");
    default:
      return null;
  }
}

/** Null for Swedish, which needs no words. */
export function languageWords(language: TextLanguage): string | null {
  return language === "en" ? i18n.t("sms på engelska") : null;
}

/** Somebody from the call before, without the number: who it is, and what is known besides. */
export function beforeWords({ name, role, number_tail: tail, language }: InvitedBefore): [who: string, besides: string] {
  const facts = [name, role && roleWords(role), tailWords(tail), languageWords(language)].filter((fact) => typeof fact === "string");
  return [facts[0] ?? "", facts.slice(1).join(" · ")];
}

function tailWords(tail: string): string {
  return i18n.t("nummer som slutar på {tail}", { tail });
}

/** Role and number of somebody who knocks; what staff said wins over what the person says. */
export function knockFacts(knock: Knock): string[] {
  return [knockRole(knock), knock.number_tail && tailWords(knock.number_tail)].filter((fact) => typeof fact === "string");
}

function knockRole({ kind, role, said_role }: Knock): string | null {
  if (kind === "staff") return i18n.t("kollega på kliniken");
  if (role && said_role && role !== said_role) return i18n.t("Inbjuden som {role}, uppger sig vara {said}", { role: roleWords(role), said: roleWords(said_role) });
  const known = role ?? said_role;
  return known && roleWords(known);
}

/** Has the link been used before, by another browser? */
export function deviceWords({ kind, is_first_device }: Knock): string | null {
  if (kind === "staff") return null;
  return is_first_device ? i18n.t("Länken öppnas för första gången") : i18n.t("Länken öppnas på en ny enhet");
}
