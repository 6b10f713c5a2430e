import { Download, RefreshCw, Smartphone } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { i18n } from "../../lib/i18n";
import { navigate } from "../../lib/router";
import { useStore } from "../../lib/store";
import { readStored, writeStored } from "../../lib/stored";
import { Button } from "../../ui/Button";
import { useConversations } from "../conversations/provider";
import { useSession } from "../session/context";
import styles from "./HomeHints.module.css";
import { keepLastList } from "./lastList";
import { isInstalled, platformOf } from "./platform";
import { hasNewVersion, installOffer } from "./start";

const PUT_AWAY = "narvaro.install-hint";

/** Below the list, and so below any call: one thing at a time that is good to know, or nothing. */
export function HomeHints({ home }: { home: string }) {
  const { me } = useSession();
  const { inbox } = useConversations();
  const isOld = useStore(hasNewVersion);
  const canInstall = useCanInstall();
  const [isPutAway, setPutAway] = useState(() => readStored(PUT_AWAY) !== null);
  useEffect(() => keepLastList(me, inbox.state), [me, inbox]);

  function putAway(): void {
    writeStored(PUT_AWAY, "put away");
    setPutAway(true);
  }

  if (isOld) {
    return (
      <Hint heading={i18n.t("Ny version finns")} words={i18n.t("Det du har skrivit finns kvar när du har uppdaterat.")}>
        <Button icon={RefreshCw} onClick={() => location.reload()}>
          {i18n.t("Uppdatera")}
        </Button>
      </Hint>
    );
  }
  if (canInstall && !isPutAway) {
    return (
      <Hint icon heading={i18n.t("Lägg Närvaro på hemskärmen")} words={i18n.t("Då hittar du hit med ett tryck när vården vill nå dig.")}>
        <Button icon={Download} onClick={() => navigate(`${home}settings/install`)}>
          {i18n.t("Visa hur")}
        </Button>
        <Button tone="quiet" onClick={putAway}>
          {i18n.t("Inte nu")}
        </Button>
      </Hint>
    );
  }
  return null;
}

/** It would help, and it can be done: a phone, and not opened from its home screen. */
function useCanInstall(): boolean {
  const offer = useStore(installOffer);
  const platform = platformOf(navigator.userAgent, navigator.maxTouchPoints);
  return !isInstalled() && (platform === "iphone" || (platform === "android" && offer !== null));
}

function Hint({ icon = false, heading, words, children }: { icon?: boolean; heading: string; words: string; children: ReactNode }) {
  return (
    <section className={styles.hint} aria-label={heading}>
      {icon && <Smartphone aria-hidden size={24} />}
      <div>
        <h2>{heading}</h2>
        <p>{words}</p>
      </div>
      <div className={styles.answers}>{children}</div>
    </section>
  );
}
