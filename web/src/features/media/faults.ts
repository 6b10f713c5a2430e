import { i18n } from "../../lib/i18n";

export type DeviceKind = "camera" | "microphone";
/** `none`: the computer has none. `blocked`: something else failed; trying again is all there is. */
export type DeviceFault = "none" | "denied" | "in-use" | "unplugged" | "blocked";

const FAULT_BY_NAME: Record<string, DeviceFault> = {
  NotFoundError: "none",
  OverconstrainedError: "none",
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotReadableError: "in-use",
  AbortError: "in-use",
};

/** What `getUserMedia` refused with, by its error's name (Media Capture and Streams, 10.2). */
export function faultOf(error: unknown): DeviceFault {
  if (!navigator.mediaDevices) return "blocked";
  return FAULT_BY_NAME[(error as { name?: string } | null)?.name ?? ""] ?? "blocked";
}

export interface FaultText {
  what: string;
  /** The one next step. */
  step: string;
}

export function faultText(kind: DeviceKind, fault: DeviceFault): FaultText {
  return kind === "camera" ? cameraText(fault) : microphoneText(fault);
}

function cameraText(fault: DeviceFault): FaultText {
  switch (fault) {
    case "none":
      return { what: i18n.t("Ingen kamera hittades."), step: i18n.t("Anslut en kamera och tryck på Slå på kameran.") };
    case "denied":
      return { what: i18n.t("Webbläsaren får inte använda kameran."), step: i18n.t("Tillåt kameran vid adressfältet och tryck på Slå på kameran.") };
    case "in-use":
      return { what: i18n.t("Kameran används av ett annat program."), step: i18n.t("Stäng det andra programmet och tryck på Slå på kameran.") };
    case "unplugged":
      return { what: i18n.t("Kameran kopplades ur."), step: i18n.t("Anslut den igen, eller välj en annan kamera i Inställningar.") };
    case "blocked":
      return { what: i18n.t("Kameran startade inte."), step: i18n.t("Tryck på Slå på kameran för att försöka igen.") };
  }
}

function microphoneText(fault: DeviceFault): FaultText {
  switch (fault) {
    case "none":
      return { what: i18n.t("Ingen mikrofon hittades. De andra hör dig inte."), step: i18n.t("Anslut en mikrofon och tryck på Slå på mikrofonen.") };
    case "denied":
      return {
        what: i18n.t("Webbläsaren får inte använda mikrofonen. De andra hör dig inte."),
        step: i18n.t("Tillåt mikrofonen vid adressfältet och tryck på Slå på mikrofonen."),
      };
    case "in-use":
      return { what: i18n.t("Mikrofonen används av ett annat program. De andra hör dig inte."), step: i18n.t("Stäng det andra programmet och tryck på Slå på mikrofonen.") };
    case "unplugged":
      return { what: i18n.t("Mikrofonen kopplades ur. De andra hör dig inte."), step: i18n.t("Anslut den igen, eller välj en annan mikrofon i Inställningar.") };
    case "blocked":
      return { what: i18n.t("Mikrofonen startade inte. De andra hör dig inte."), step: i18n.t("Tryck på Slå på mikrofonen för att försöka igen.") };
  }
}
