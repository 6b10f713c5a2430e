import { i18n } from "../lib/i18n";
import type { GuestRole } from "./wire";

export const ROLES: readonly GuestRole[] = ["relative", "interpreter", "sign_language_interpreter", "care_worker", "other"];

/** The one place where a guest's role has its words; lower case, for use within a line. */
export function roleWords(role: GuestRole): string {
  switch (role) {
    case "relative":
      return i18n.t("anhörig");
    case "interpreter":
      return i18n.t("tolk");
    case "sign_language_interpreter":
      return i18n.t("teckenspråkstolk");
    case "care_worker":
      return i18n.t("personal i vård eller omsorg");
    case "other":
      return i18n.t("annan");
  }
}
