import { BellRing, Check, PhoneMissed, Video } from "lucide-react";
import { useEffect, useRef } from "react";
import { i18n } from "../../lib/i18n";
import { useStore } from "../../lib/store";
import { Avatar } from "../../ui/Avatar";
import { Button } from "../../ui/Button";
import styles from "./IncomingCall.module.css";
import type { PatientCalls } from "./PatientCalls";
import type { Ringing } from "./ringing";
import type { Tone } from "./tone";

interface Props {
  calls: PatientCalls;
  tone: Tone;
  ringing: Exclude<Ringing, { name: "quiet" }>;
  failure: string | null;
}

/** Over everything: who calls, from where, and the answer. The focus starts on the heading, for a key being typed must not answer. */
export function IncomingCall({ calls, tone, ringing, failure }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const { ring } = ringing;
  useEffect(() => {
    const before = document.activeElement;
    const element = dialog.current;
    element?.showModal();
    return () => {
      element?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  useEffect(() => heading.current?.focus(), [ring.id, ringing.name]);
  useSeen(calls, ringing.name === "ringing" ? ring.id : null);

  return (
    <dialog
      ref={dialog}
      role="alertdialog"
      aria-label={ringing.name === "over" ? i18n.t("Samtalet ringer inte längre.") : i18n.t("Inkommande videosamtal")}
      className={styles.incoming}
      onCancel={(event) => {
        event.preventDefault();
        calls.silence();
      }}
    >
      {ringing.name === "over" ? (
        <div className={styles.inside}>
          <div className={styles.over}>
            <PhoneMissed aria-hidden size={48} />
            <h1 ref={heading} tabIndex={-1}>
              {ringing.why === "elsewhere" ? i18n.t("Du svarade på en annan enhet.") : i18n.t("Samtalet ringer inte längre.")}
            </h1>
          </div>
          <div className={styles.answers}>
            {ringing.why === "late" && (
              <>
                <p>{i18n.t("Tryck på Jag är redo, så ser vårdpersonalen att du kan ta emot ett nytt samtal.")}</p>
                <Button tone="go" size="large" icon={Check} isWide onClick={() => void calls.sayReady()}>
                  {i18n.t("Jag är redo")}
                </Button>
              </>
            )}
            <Button isWide onClick={() => calls.putAway()}>
              {i18n.t("Stäng")}
            </Button>
            <p role="alert">{failure}</p>
          </div>
        </div>
      ) : (
        <div className={styles.inside}>
          <div className={styles.who}>
            <p>{ring.clinic_name}</p>
            <span className={styles.face} data-ringing={ringing.name === "ringing" || undefined}>
              <Avatar name={ring.staff_name} isStrong />
            </span>
            <h1 ref={heading} tabIndex={-1}>
              {ring.staff_name}
            </h1>
            <p>{ringing.name === "answering" ? i18n.t("Ansluter …") : i18n.t("vill starta ett videosamtal")}</p>
          </div>
          <Answers calls={calls} tone={tone} ringing={ringing} failure={failure} />
        </div>
      )}
    </dialog>
  );
}

function Answers({ calls, tone, ringing, failure }: { calls: PatientCalls; tone: Tone; ringing: Extract<Ringing, { name: "ringing" | "answering" }>; failure: string | null }) {
  const isUnlocked = useStore(tone.isUnlocked);
  const isBusy = ringing.name === "answering";
  const isQuiet = ringing.name === "answering" || ringing.isToneOff;
  return (
    <div className={styles.answers}>
      <p role="alert">{failure}</p>
      <Button tone="go" size="large" icon={Video} isWide disabled={isBusy} onClick={() => void calls.accept(true)}>
        {i18n.t("Acceptera")}
      </Button>
      <Button isWide className={styles.second} disabled={isBusy} onClick={() => void calls.accept(false)}>
        {i18n.t("Svara utan kamera")}
      </Button>
      <Button isWide className={styles.decline} disabled={isBusy} onClick={() => void calls.decline()}>
        {i18n.t("Avböj")}
      </Button>
      <div className={styles.small}>
        <Button tone="quiet" disabled={isBusy || !ringing.ring.may_ask_minute} onClick={() => void calls.askMinute()}>
          {i18n.t("Ge mig en minut")}
        </Button>
        <Button tone="quiet" disabled={isBusy || isQuiet} onClick={() => calls.silence()}>
          {i18n.t("Tysta ringsignalen")}
        </Button>
      </div>
      <p role="status">{!ringing.ring.may_ask_minute && i18n.t("Vårdpersonalen vet att du behöver en minut.")}</p>
      {!isUnlocked && !isQuiet && (
        <Button tone="quiet" icon={BellRing} onClick={() => void tone.unlock()}>
          {i18n.t("Slå på ringsignal")}
        </Button>
      )}
    </div>
  );
}

/** Tells the server once the ring has been painted while the page is really visible. */
function useSeen(calls: PatientCalls, ringId: string | null): void {
  useEffect(() => {
    if (!ringId) return;
    let frame = 0;
    const tell = () => {
      if (document.visibilityState !== "visible") return;
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => {
        frame = requestAnimationFrame(() => calls.saySeen(ringId));
      });
    };
    tell();
    document.addEventListener("visibilitychange", tell);
    return () => {
      cancelAnimationFrame(frame);
      document.removeEventListener("visibilitychange", tell);
    };
  }, [calls, ringId]);
}
