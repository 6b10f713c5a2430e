import { i18n } from "../../lib/i18n";

/** How long it has taken lately, as a fact and not as a promise. */
export function usualText(seconds: number): string {
  const minutes = Math.max(1, Math.round(seconds / 60));
  return i18n.t("På sista tiden har det ofta tagit omkring {minutes} min. Det kan gå fortare eller ta längre tid.", { minutes });
}
