import type { CallSnapshot } from "../../api/wire";
import { i18n } from "../../lib/i18n";
import type { CallBanner } from "./banners";
import { mayRingAgain, ringWords, soundWords } from "./ringWords";

/** What staff alone read across the top of the call: where the patient is. */
export function staffBanners(call: CallSnapshot, now: number, isSharing: boolean): CallBanner[] {
  const isPending = call.ring !== null && call.ring.status !== "answered";
  const isOnCard = isPending && call.attendances.length < 2 && !isSharing;
  const banner = isOnCard ? null : ((isPending ? ringBanner(call, now) : null) ?? leftBanner(call));
  return banner ? [banner] : [];
}

/** The card in the patient's place gives way to whoever else is in the call, and to a shared screen: then the ring is told here. */
function ringBanner({ ring, status, attendances, patient_name: name }: CallSnapshot, now: number): CallBanner | null {
  if (!ring || status === "ended" || attendances.some((one) => one.kind === "patient")) return null;
  if (ring.status !== "ringing") return { id: "ring", tone: "warn", words: ringWords(ring, now), act: "ring-again" };
  const truth = [ringWords(ring, now), soundWords(ring)].filter(Boolean).join(" · ");
  return { id: "ring", tone: "calm", words: `${i18n.t("Ringer {name} …", { name })} ${truth}`.trim() };
}

function leftBanner(call: CallSnapshot): CallBanner | null {
  const patient = call.left.find((one) => one.kind === "patient");
  if (call.status !== "active" || !patient || !mayRingAgain(call)) return null;
  const { name } = patient;
  const words = patient.reason === "lost" ? i18n.t("{name} har tappat anslutningen", { name }) : i18n.t("{name} har lämnat samtalet", { name });
  return { id: "left", tone: "warn", words, act: "ring-again" };
}
