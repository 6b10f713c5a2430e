import { i18n } from "../../lib/i18n";
import { lengthText } from "./words";

/** How long a patient has waited, `now` in milliseconds. */
export function readyText(at: string, now: number): string {
  return i18n.t("Redo sedan {length}", { length: lengthText(at, new Date(now).toISOString()) });
}
