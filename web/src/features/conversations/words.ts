/** What the log, the list and presence say in words. Plain functions of the wire's shapes. */
import type { CallFact, Entry, InboxItem, Kind, Presence } from "../../api/wire";
import { roleWords } from "../../api/roles";
import { i18n } from "../../lib/i18n";
import { clock, dayOf, minutesBetween, shortWhen } from "../../lib/time";
import { rungWords } from "./rungWords";

/** One call fact as one line, seen by staff or by the patient. */
export function factText(entry: Entry, reader: Kind): string {
  const at = clock(entry.call?.rung_at ?? entry.call?.started_at ?? entry.at);
  switch (entry.kind) {
    case "call_started":
      return i18n.t("Videosamtalet startade {at}", { at });
    case "call_ended":
      return endedText(entry, reader);
    case "ring_missed":
      return reader === "staff" ? [missedText(at, entry.call), ...climbedWords(entry.call)].join(" · ") : i18n.t("Du missade ett videosamtal {at}", { at });
    case "ring_declined":
      return reader === "staff" ? i18n.t("Patienten avböjde {at}", { at }) : i18n.t("Du avböjde ett videosamtal {at}", { at });
    case "ring_cancelled":
      return i18n.t("Uppringningen avbröts {at}", { at });
    case "ring_phoned":
      return reader === "staff" ? i18n.t("{name} ringde på telefon i stället {at}", { name: entry.author_name, at: clock(entry.at) }) : i18n.t("Vården ringer dig på telefon i stället {at}", { at: clock(entry.at) });
    case "ready_withdrawn":
      return i18n.t("Inte redo längre {at}", { at });
    case "ready_expired":
      return i18n.t("Väntan tog slut {at}, efter en halvtimme utan samtal", { at });
    default:
      return [guestText(entry, clock(entry.at)), ...guestFacts(entry, reader)].join(" · ");
  }
}

/** Who was asked in, came, was turned away or went. */
function guestText({ kind, author_name, call }: Entry, at: string): string {
  const who = call?.who ?? i18n.t("Någon");
  switch (kind) {
    case "guest_invited":
      return i18n.t("{name} bjöd in via sms {at}", { name: author_name, at });
    case "guest_knocked":
      return i18n.t("{who} bad att få vara med {at}", { who, at });
    case "guest_entered":
      return i18n.t("{who} kom in i samtalet {at}", { who, at });
    case "guest_refused":
      return i18n.t("{who} släpptes inte in {at}", { who, at });
    case "guest_removed":
      return i18n.t("{who} togs bort ur samtalet {at}", { who, at });
    default:
      return i18n.t("{who} lämnade samtalet {at}", { who, at });
  }
}

/** The role, and for staff the last digits of the invited number. */
function guestFacts({ call }: Entry, reader: Kind): string[] {
  const role = call?.role ? [roleWords(call.role)] : [];
  const tail = call?.number_tail && reader === "staff" ? [i18n.t("nummer som slutar på {tail}", { tail: call.number_tail })] : [];
  return [...role, ...tail];
}

function endedText(entry: Entry, reader: Kind): string {
  const { started_at: from, ended_at: to, reason } = entry.call ?? {};
  if (!from || !to) return i18n.t("Videosamtalet avbröts {at}", { at: clock(to ?? entry.at) });
  const span = i18n.t("Videosamtal {from}–{to}, {length}", { from: clock(from), to: clock(to), length: lengthText(from, to) });
  const isAbandoned = reason === "abandoned" && reader === "staff";
  return isAbandoned ? `${span}. ${i18n.t("Samtalet avslutades eftersom ingen vårdpersonal var kvar.")}` : span;
}

/** The rungs beside the app that something had come of when the ring ended. */
function climbedWords(fact: CallFact | null | undefined): string[] {
  return (fact?.rungs ?? []).filter((rung) => rung.state !== "asked").map(rungWords);
}

function missedText(at: string, fact: CallFact | null | undefined): string {
  if (fact?.seen) return i18n.t("Patienten svarade inte {at} – visades på skärmen", { at });
  if (fact?.delivered) return i18n.t("Patienten svarade inte {at} – appen var i bakgrunden", { at });
  return i18n.t("Patienten svarade inte {at} – nådde inte appen", { at });
}

/** How long a call was: `17 min`. */
export function lengthText(from: string, to: string): string {
  const minutes = minutesBetween(from, to);
  return minutes < 1 ? i18n.t("mindre än 1 min") : i18n.t("{minutes} min", { minutes });
}

/** The kind of the latest entry, never its text. */
export function kindText(item: InboxItem, reader: Kind): string {
  if (item.has_open_call) return i18n.t("Videosamtal pågår");
  if (item.ready_at) return i18n.t("Redo för samtal");
  if (item.unread > 0) return i18n.t("{count, plural, one {Nytt meddelande} other {# nya meddelanden}}", { count: item.unread });
  switch (item.last_kind) {
    case "message":
      return i18n.t("Meddelande");
    case "ready":
      return i18n.t("Redo för samtal");
    case "ready_withdrawn":
    case "ready_expired":
      return i18n.t("Inte redo längre");
    case "call_started":
      return i18n.t("Videosamtal");
    case "call_ended":
      return endedKind(item.last_call);
    case "ring_missed":
      return reader === "staff" ? i18n.t("Patienten svarade inte") : i18n.t("Missat videosamtal");
    case "ring_declined":
      return i18n.t("Avböjt videosamtal");
    case "ring_cancelled":
      return i18n.t("Avbrutet videosamtal");
    case "ring_phoned":
      return i18n.t("Uppringd på telefon");
    case "guest_invited":
      return i18n.t("Inbjudan via sms");
    case "guest_knocked":
    case "guest_entered":
    case "guest_refused":
    case "guest_removed":
    case "guest_left":
      return i18n.t("Videosamtal");
    default:
      return i18n.t("Inga meddelanden än");
  }
}

function endedKind(fact: CallFact | null | undefined): string {
  if (!fact?.started_at || !fact.ended_at) return i18n.t("Avbrutet videosamtal");
  return i18n.t("Videosamtal, {length}", { length: lengthText(fact.started_at, fact.ended_at) });
}

/** Where the patient is; null when that is not known or not told. */
export function presenceText(presence: Presence | null | undefined, now = new Date()): string | null {
  if (presence?.state === "in_app") return i18n.t("i appen nu");
  if (presence?.state === "background") return i18n.t("i bakgrunden");
  if (presence?.state !== "away" || !presence.last_at) return null;
  const isToday = dayOf(presence.last_at) === dayOf(now);
  const at = isToday ? clock(presence.last_at) : `${shortWhen(presence.last_at, now)} ${clock(presence.last_at)}`;
  return i18n.t("senast i appen {at}", { at });
}
