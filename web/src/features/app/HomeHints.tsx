import { BellRing, type LucideIcon, RefreshCw, Smartphone } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import type { PushSettings } from "../../api/wire";
import { i18n, useLocale } from "../../lib/i18n";
import { note } from "../../lib/noted";
import { navigate } from "../../lib/router";
import { useStore } from "../../lib/store";
import { readStored, writeStored } from "../../lib/stored";
import { Button } from "../../ui/Button";
import { useConversations } from "../conversations/provider";
import { useSession } from "../session/context";
import { abilityOf, resume } from "./device";
import styles from "./HomeHints.module.css";
import { keepLastList } from "./lastList";
import { isInstalled, platformOf } from "./platform";
import { hasNewVersion, installOffer } from "./start";

const PUT_AWAY = { install: "narvaro.install-hint", calls: "narvaro.calls-hint" };

/** Below the list, and so below any call: one thing at a time that is good to know, or nothing. */
export function HomeHints({ home }: { home: string }) {
  const { api, me } = useSession();
  const { inbox } = useConversations();
  const isOld = useStore(hasNewVersion);
  const canInstall = useCanInstall();
  const canBeTold = useCanBeTold();
  const locale = useLocale();
  const [isPutAway, setPutAway] = useState(() => ({ install: readStored(PUT_AWAY.install) !== null, calls: readStored(PUT_AWAY.calls) !== null }));
  useEffect(() => keepLastList(me, inbox.state), [me, inbox]);
  useEffect(() => void resume(api, me).catch(() => undefined), [api, me]);
  useEffect(() => void note("language", locale).catch(() => undefined), [locale]);

  function putAway(what: keyof typeof PUT_AWAY): void {
    writeStored(PUT_AWAY[what], "put away");
    setPutAway({ ...isPutAway, [what]: true });
  }

  if (isOld) {
    return (
      <Hint icon={RefreshCw} heading={i18n.t("Ny version finns")} words={i18n.t("Det du har skrivit finns kvar när du har uppdaterat.")}>
        <Button onClick={() => location.reload()}>
          {i18n.t("Uppdatera")}
        </Button>
      </Hint>
    );
  }
  const hint = canBeTold && !isPutAway.calls ? "calls" : canInstall && !isPutAway.install ? "install" : null;
  if (!hint) return null;
  const isCalls = hint === "calls";
  return (
    <Hint
      icon={isCalls ? BellRing : Smartphone}
      heading={isCalls ? i18n.t("Få veta när vården ringer") : i18n.t("Lägg Närvaro på hemskärmen")}
      words={isCalls ? i18n.t("Telefonen säger till även när Närvaro är stängt.") : i18n.t("Då hittar du hit med ett tryck när vården vill nå dig.")}
    >
      <Button onClick={() => navigate(`${home}settings/${hint}`)}>{i18n.t("Visa hur")}</Button>
      <Button tone="quiet" onClick={() => putAway(hint)}>
        {i18n.t("Inte nu")}
      </Button>
    </Hint>
  );
}

/** The server sends pushes to this patient, and this device has not been asked. */
function useCanBeTold(): boolean {
  const { api } = useSession();
  const [can, setCan] = useState(false);
  useEffect(() => {
    if (abilityOf() !== "ask") return;
    void api.get<PushSettings>("/push").then(({ public_key }) => setCan(public_key !== null), () => undefined);
  }, [api]);
  return can;
}

/** It would help, and it can be done: a phone, and not opened from its home screen. */
function useCanInstall(): boolean {
  const offer = useStore(installOffer);
  const platform = platformOf(navigator.userAgent, navigator.maxTouchPoints);
  return !isInstalled() && (platform === "iphone" || (platform === "android" && offer !== null));
}

function Hint({ icon: Icon, heading, words, children }: { icon: LucideIcon; heading: string; words: string; children: ReactNode }) {
  return (
    <section className={styles.hint} aria-label={heading}>
      <Icon aria-hidden size={24} />
      <div>
        <h2>{heading}</h2>
        <p>{words}</p>
      </div>
      <div className={styles.answers}>{children}</div>
    </section>
  );
}
