import { i18n } from "../lib/i18n";

/** The server refused: an `application/problem+json` answer. Translate by `code`. */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    title: string,
  ) {
    super(title);
    this.name = "ApiProblem";
  }
}

/** No answer came: the network or the server is down. Whether it was carried out is unknown, so a retry must be harmless. */
export class LineDown extends Error {
  override name = "LineDown";
}

/** One sentence for the person, ending with what to do. */
export function problemText(error: unknown): string {
  if (error instanceof LineDown) return i18n.t("Ingen anslutning. Försök igen om en stund.");
  if (!(error instanceof ApiProblem)) return i18n.t("Något gick fel. Försök igen.");
  return textOf(error.code) ?? textOfStatus(error.status);
}

function textOf(code: string): string | null {
  switch (code) {
    case "not-signed-in":
      return i18n.t("Du är utloggad. Logga in igen.");
    case "call-already-open":
      return i18n.t("Ett videosamtal pågår redan i ärendet.");
    case "ring-no-longer-ringing":
      return i18n.t("Samtalet ringer inte längre.");
    case "media-down":
      return i18n.t("Videotjänsten svarar inte. Försök igen om en stund.");
    default:
      return null;
  }
}

function textOfStatus(status: number): string {
  if (status === 404) return i18n.t("Det finns inte, eller så får du inte se det.");
  if (status === 409) return i18n.t("Det har ändrats under tiden. Ladda om sidan.");
  if (status === 429) return i18n.t("Det blev för många försök. Vänta en stund och försök igen.");
  if (status >= 500) return i18n.t("Tjänsten svarar inte. Försök igen om en stund.");
  return i18n.t("Något gick fel. Försök igen.");
}
