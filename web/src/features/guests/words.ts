import { ApiProblem, problemText } from "../../api/problems";
import { i18n } from "../../lib/i18n";

/** As `problemText`, with what can be wrong at the door. */
export function guestProblem(error: unknown): string {
  if (!(error instanceof ApiProblem)) return problemText(error);
  if (error.code === "name-taken") return i18n.t("Namnet används redan i samtalet.");
  if (error.status === 400) return i18n.t("Skriv ditt namn.");
  return problemText(error);
}

/** Inside another app, which decides about camera and microphone and has no address field to allow them at. */
const IN_APP = /; wv\)|FBAN|FBAV|Instagram|Snapchat|MicroMessenger|\bLine\//u;
const APPLE = /iPhone|iPad|iPod/u;

/** Which browser to open instead, where camera and microphone cannot be had. Null where they can, or may still be allowed. */
export function browserAdvice(userAgent: string, { hasDevices, isDenied = false }: { hasDevices: boolean; isDenied?: boolean }): string | null {
  const isInApp = IN_APP.test(userAgent) || (APPLE.test(userAgent) && !userAgent.includes("Safari/"));
  if (hasDevices && !(isDenied && isInApp)) return null;
  if (APPLE.test(userAgent)) return i18n.t("Här går det inte att använda kamera och mikrofon. Öppna länken i Safari.");
  if (userAgent.includes("Android")) return i18n.t("Här går det inte att använda kamera och mikrofon. Öppna länken i Chrome.");
  return i18n.t("Här går det inte att använda kamera och mikrofon. Öppna länken i Chrome, Edge, Firefox eller Safari.");
}

/** A camera is no use to a browser that cannot carry its picture. */
export function hasDevices(): boolean {
  return Boolean(navigator.mediaDevices) && "RTCPeerConnection" in window;
}
