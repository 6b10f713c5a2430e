import { i18n } from "../../lib/i18n";

/** As the server's `audit/words.py`, which gives patients their extracts. */
const WORDS: Record<string, () => string> = {
  "audit.extract": () => i18n.t("Tog ut loggutdrag"),
  "audit.read": () => i18n.t("Läste åtkomstloggen"),
  "audit.spot_check.draw": () => i18n.t("Drog ett stickprov ur åtkomstloggen"),
  "audit.spot_check.read": () => i18n.t("Läste ett stickprov ur åtkomstloggen"),
  "audit.spot_check.review": () => i18n.t("Granskade ett stickprov ur åtkomstloggen"),
  "call.admit": () => i18n.t("Släppte in en person i videosamtalet"),
  "call.end.abandoned": () => i18n.t("Videosamtalet avslutades: ingen vårdpersonal var kvar"),
  "call.end.by_staff": () => i18n.t("Avslutade videosamtalet"),
  "call.end.cancelled": () => i18n.t("Avbröt videosamtalet innan svar"),
  "call.feedback": () => i18n.t("Svarade på frågan efter videosamtalet"),
  "call.follow": () => i18n.t("Såg vilka som var i videosamtalet"),
  "call.join": () => i18n.t("Anslöt till videosamtalet"),
  "call.knock": () => i18n.t("Bad att få vara med i videosamtalet"),
  "call.leave": () => i18n.t("Lämnade videosamtalet"),
  "call.message.post": () => i18n.t("Skrev till alla i videosamtalet"),
  "call.messages.follow": () => i18n.t("Läste vad som skrevs till alla i videosamtalet"),
  "call.open": () => i18n.t("Öppnade videosamtalets uppgifter"),
  "call.pin": () => i18n.t("Fäste en tolk för alla i videosamtalet"),
  "call.place": () => i18n.t("Startade ett videosamtal"),
  "call.refuse": () => i18n.t("Nekade en person att komma in i videosamtalet"),
  "call.remove": () => i18n.t("Tog bort en person ur videosamtalet"),
  "call.ring": () => i18n.t("Ringde igen"),
  "call.sharing.allow": () => i18n.t("Tillät andra att dela skärm"),
  "call.sharing.forbid": () => i18n.t("Tillät inte längre andra att dela skärm"),
  "call.unpin": () => i18n.t("Lossade en tolk för alla i videosamtalet"),
  "conversation.follow": () => i18n.t("Läste ärendets meddelanden"),
  "conversation.open": () => i18n.t("Öppnade ärendet"),
  "conversation.read": () => i18n.t("Läste äldre meddelanden i ärendet"),
  "conversation.start": () => i18n.t("Startade ärendet"),
  "conversation.watch": () => i18n.t("Såg ärendets läge och om patienten var i appen"),
  "conversations.search": () => i18n.t("Sökte bland ärenden"),
  "invitation.check": () => i18n.t("Kontrollerade ett telefonnummer för inbjudan"),
  "invitation.decline": () => i18n.t("En inbjuden person tackade nej"),
  "invitation.open": () => i18n.t("En inbjuden person öppnade länken"),
  "invitation.resend": () => i18n.t("Skickade inbjudan på nytt"),
  "invitation.revoke": () => i18n.t("Återkallade en inbjudan"),
  "invitation.send": () => i18n.t("Bjöd in en person till videosamtalet"),
  "message.post": () => i18n.t("Skickade ett meddelande"),
  "patient.push.choose": () => i18n.t("Valde hur man nås utanför appen"),
  "patient.push.subscribe": () => i18n.t("Slog på aviseringar på en enhet"),
  "patient.ready": () => i18n.t("Sade sig vara redo för samtal"),
  "patient.signed_up": () => i18n.t("Loggade in för första gången"),
  "patient.unready": () => i18n.t("Var inte redo för samtal längre"),
  "patients.search": () => i18n.t("Sökte bland patienter"),
  "retention.delete": () => i18n.t("Exporterade och raderade äldre meddelanden och videosamtal"),
  "ring.answer": () => i18n.t("Svarade på videosamtalet"),
  "ring.decline": () => i18n.t("Avböjde videosamtalet"),
  "ring.minute": () => i18n.t("Bad om en minut"),
  "ring.open_link": () => i18n.t("Länken i sms:et om ett videosamtal öppnades"),
  "ring.phone": () => i18n.t("Tog fram patientens telefonnummer för att ringa upp"),
};

export const ACTIONS: readonly string[] = Object.keys(WORDS);

/** The action itself, when it is one that nobody does any more. */
export function actionWords(action: string): string {
  return WORDS[action]?.() ?? action;
}

export type AccessKind = "staff" | "patient" | "guest" | "system";

/** Who it was, and how the person is known. A guest's name goes with the call that retention has deleted. */
export function whoWords(who: string | null, kind: AccessKind): string {
  if (kind === "system") return i18n.t("Systemet");
  return `${who ?? i18n.t("Namnet är raderat")} (${kindWords(kind)})`;
}

function kindWords(kind: AccessKind): string {
  switch (kind) {
    case "staff":
      return i18n.t("vårdpersonal");
    case "patient":
      return i18n.t("patient");
    case "guest":
      return i18n.t("inbjuden");
    case "system":
      return i18n.t("automatiskt");
  }
}
