import { useState } from "react";
import { problemText } from "../../api/problems";
import { i18n } from "../../lib/i18n";
import { useStore } from "../../lib/store";
import { useNow } from "../../lib/useNow";
import { Avatar } from "../../ui/Avatar";
import { Button } from "../../ui/Button";
import type { Stage } from "./callWindow";
import type { OngoingCall } from "./OngoingCall";
import { PhoneNumber } from "./PhoneNumber";
import styles from "./RingingCard.module.css";
import { mayRingAgain, ringWords, soundWords } from "./ringWords";
import { RungList } from "./RungList";

/** In the patient's place until there is an answer: the truth about the ring. */
export function RingingCard({ ongoing, stage, onPlaceAgain }: { ongoing: OngoingCall; stage: Stage; onPlaceAgain: () => void }) {
  const { call, ending } = useStore(ongoing.state);
  const now = useNow();
  const [failure, setFailure] = useState<string | null>(null);
  const ringAgain = () => void ongoing.ringAgain().then(() => setFailure(null), (error: unknown) => setFailure(problemText(error)));

  if (!call) {
    return (
      <div className={styles.card}>
        <p className={styles.heading} role="status">
          {stage === "not-placed" ? i18n.t("Samtalet kunde inte startas. Ingen har ringts upp.") : i18n.t("Ringer …")}
        </p>
        {stage === "not-placed" && <Button onClick={onPlaceAgain}>{i18n.t("Försök igen")}</Button>}
      </div>
    );
  }
  const words = call.ring ? ringWords(call.ring, now) : "";
  const sound = call.ring && soundWords(call.ring);
  return (
    <div className={styles.card}>
      <span className={styles.face} data-ringing={stage === "ringing" || undefined}>
        <Avatar name={call.patient_name} isStrong />
      </span>
      <p className={styles.heading}>{stage === "ringing" ? i18n.t("Ringer {name} …", { name: call.patient_name }) : call.patient_name}</p>
      <p className={styles.truth} role="status">
        {words}
        {sound && <span>{sound}</span>}
      </p>
      {call.ring && <RungList ring={call.ring} />}
      <div className={styles.buttons}>
        {mayRingAgain(call) && (
          <Button tone="primary" onClick={ringAgain}>
            {i18n.t("Ring igen")}
          </Button>
        )}
        {call.status !== "ended" && call.ring?.may_phone && <PhoneNumber key={call.ring.id} ongoing={ongoing} />}
        {call.status === "open" && (
          <Button disabled={ending !== "no"} onClick={() => void ongoing.end()}>
            {i18n.t("Avbryt")}
          </Button>
        )}
      </div>
      {failure && <p role="alert">{failure}</p>}
    </div>
  );
}
