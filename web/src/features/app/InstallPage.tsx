import { Check, Download, Share, SquarePlus } from "lucide-react";
import { i18n } from "../../lib/i18n";
import { useStore } from "../../lib/store";
import { Button } from "../../ui/Button";
import { platformOf } from "./platform";
import styles from "./SettingsPages.module.css";
import { install, installOffer } from "./start";

/** How to put the app on the home screen of this very phone. */
export function InstallPage() {
  const offer = useStore(installOffer);
  const platform = platformOf(navigator.userAgent, navigator.maxTouchPoints);
  if (platform === "iphone") return <OnIphone />;
  return (
    <>
      <p>{i18n.t("Då öppnar du Närvaro med ett tryck, som andra appar. Inget behöver hämtas från en appbutik.")}</p>
      {offer ? (
        <div>
          <Button tone="primary" size="large" icon={Download} onClick={() => void install()}>
            {i18n.t("Lägg till")}
          </Button>
        </div>
      ) : (
        <ol className={styles.steps}>
          <li>{i18n.t("Öppna webbläsarens meny, de tre prickarna.")}</li>
          <li>{platform === "android" ? i18n.t("Välj Lägg till på startskärmen.") : i18n.t("Välj Installera Närvaro.")}</li>
          <li>{i18n.t("Öppna Närvaro från den nya symbolen.")}</li>
        </ol>
      )}
    </>
  );
}

function OnIphone() {
  return (
    <>
      <p>{i18n.t("På iPhone och iPad behövs det för att du ska få veta när vården ringer och appen är stängd.")}</p>
      <ol className={styles.steps}>
        <li>
          <Share aria-hidden size={24} />
          {i18n.t("Tryck på dela, fyrkanten med en pil uppåt.")}
        </li>
        <li>
          <SquarePlus aria-hidden size={24} />
          {i18n.t("Välj Lägg till på hemskärmen.")}
        </li>
        <li>
          <Check aria-hidden size={24} />
          {i18n.t("Öppna Närvaro från den nya symbolen och logga in där.")}
        </li>
      </ol>
    </>
  );
}
