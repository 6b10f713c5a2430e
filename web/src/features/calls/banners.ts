import type { CallSnapshot, Kind } from "../../api/wire";
import { i18n } from "../../lib/i18n";
import type { MediaLine } from "../media/MediaSession";
import type { CallWindow } from "./callWindow";

export interface CallBanner {
  id: string;
  tone: "calm" | "warn" | "stop";
  words: string;
  /** The one thing to do about it. */
  act?: "ring-again" | "take-over";
}

/** What has to be said across the top of the call, the gravest first. */
export function bannersOf({ call, ending }: CallWindow, line: MediaLine, isSocketDown: boolean, kind: Kind): CallBanner[] {
  const banners: CallBanner[] = [];
  if (ending === "trying-again") banners.push({ id: "ending", tone: "stop", words: i18n.t("Samtalet kunde inte avslutas än. Vi försöker igen.") });
  if (line === "elsewhere") banners.push({ id: "elsewhere", tone: "calm", words: i18n.t("Du är med i samtalet i ett annat fönster."), act: "take-over" });
  else if (call?.is_media_down) banners.push({ id: "media", tone: "warn", words: i18n.t("Videotjänsten svarar inte. Bild och ljud kommer tillbaka av sig själva. Ni kan skriva så länge.") });
  else if (line === "mending" || line === "rejoining" || isSocketDown) banners.push({ id: "line", tone: "warn", words: i18n.t("Anslutningen bröts. Återansluter …") });
  if (call?.status === "active" && kind !== "staff" && isStaffLost(call)) banners.push({ id: "staff", tone: "warn", words: i18n.t("Vårdpersonalen har tappat anslutningen – vänta kvar") });
  return banners;
}

function isStaffLost(call: CallSnapshot): boolean {
  const staff = call.attendances.filter((one) => one.kind === "staff");
  return call.no_staff_since !== null || staff.every((one) => one.is_lost);
}
