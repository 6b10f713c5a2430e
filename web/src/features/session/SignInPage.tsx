import { LogIn } from "lucide-react";
import { query } from "../../api/client";
import type { AccountKind } from "../../api/wire";
import { i18n } from "../../lib/i18n";
import { buttonClass } from "../../ui/Button";
import { Wordmark } from "../../ui/Wordmark";
import styles from "./SignInPage.module.css";

interface Props {
  kind: AccountKind;
  clinic: string;
  /** The person was signed in on this very page a moment ago. */
  hasBeenIn: boolean;
}

export function SignInPage({ kind, clinic, hasBeenIn }: Props) {
  const next = location.pathname + location.search;
  return (
    <main className={styles.page}>
      <Wordmark />
      <h1>{hasBeenIn ? i18n.t("Du är utloggad") : i18n.t("Välkommen")}</h1>
      <p>{kind === "staff" ? i18n.t("Logga in för att skriva med och ringa patienter.") : i18n.t("Logga in för att skriva med din vård och svara på videosamtal.")}</p>
      <a className={buttonClass({ tone: "primary", size: kind === "patient" ? "large" : "normal", isWide: true })} href={`/${kind}/${clinic}/sign-in${query({ next })}`}>
        <LogIn aria-hidden size={20} />
        {i18n.t("Logga in")}
      </a>
    </main>
  );
}
