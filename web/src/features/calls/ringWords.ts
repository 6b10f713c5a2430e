import type { CallSnapshot, RingSnapshot } from "../../api/wire";
import { i18n } from "../../lib/i18n";

/** Before this nobody says that the app is not open: the word may be on its way. */
export const REACHES_WITHIN_MS = 2_500;

/** What staff read about the ring: the truth, as far as the patient's devices have told it. Empty while nothing is known. */
export function ringWords(ring: RingSnapshot, now: number): string {
  switch (ring.status) {
    case "declined":
      return i18n.t("Avböjt");
    case "missed":
      return i18n.t("Patienten svarade inte");
    case "cancelled":
      return ring.rungs.some((rung) => rung.kind === "phone") ? i18n.t("Det ringer inte längre i appen. Ring på telefon.") : i18n.t("Uppringningen avbröts");
    case "answered":
      return "";
    case "ringing":
      return ringingWords(ring, now);
  }
}

function ringingWords(ring: RingSnapshot, now: number): string {
  if (ring.minute_asked_at) return i18n.t("Patienten ber om en minut");
  if (ring.in_background) return i18n.t("Appen är i bakgrunden. Patienten kanske inte märker samtalet.");
  if (ring.seen_at) return i18n.t("Visas på patientens skärm");
  if (ring.delivered_at || now - Date.parse(ring.rung_at) < REACHES_WITHIN_MS) return "";
  return i18n.t("Patienten har inte appen öppen");
}

/** Said beside the words while no page of the patient's may make a sound. */
export function soundWords(ring: RingSnapshot): string | null {
  return ring.status === "ringing" && ring.delivered_at && ring.silent ? i18n.t("Patientens ljud är avstängt") : null;
}

/** Can staff ring (again) now? The patient is not there, and nothing rings. */
export function mayRingAgain(call: CallSnapshot): boolean {
  const isPatientThere = call.attendances.some((one) => one.kind === "patient");
  return call.status !== "ended" && !isPatientThere && call.ring?.status !== "ringing";
}
