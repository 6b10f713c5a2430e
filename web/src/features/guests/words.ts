import { ApiProblem, problemText } from "../../api/problems";
import { i18n } from "../../lib/i18n";

/** As `problemText`, with what can be wrong at the door. */
export function guestProblem(error: unknown): string {
  if (!(error instanceof ApiProblem)) return problemText(error);
  if (error.code === "name-taken") return i18n.t("Namnet används redan i samtalet.");
  if (error.status === 400) return i18n.t("Skriv ditt namn.");
  return problemText(error);
}

/** Can this browser use camera and microphone at all? Many in-app browsers cannot. Null when it can. */
export function browserAdvice(userAgent: string, hasDevices: boolean): string | null {
  if (hasDevices) return null;
  if (/iPhone|iPad|iPod/u.test(userAgent)) return i18n.t("Här går det inte att använda kamera och mikrofon. Öppna länken i Safari.");
  if (/Android/u.test(userAgent)) return i18n.t("Här går det inte att använda kamera och mikrofon. Öppna länken i Chrome.");
  return i18n.t("Här går det inte att använda kamera och mikrofon. Öppna länken i Chrome, Edge, Firefox eller Safari.");
}
