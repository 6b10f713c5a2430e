import { BellRing, Video } from "lucide-react";
import { lazy, type ReactNode, Suspense, useEffect, useState } from "react";
import type { Socket } from "../../api/socket";
import type { Me } from "../../api/wire";
import { i18n } from "../../lib/i18n";
import { useStore } from "../../lib/store";
import { showTitle } from "../../lib/title";
import { Button } from "../../ui/Button";
import { Waiting } from "../../ui/Waiting";
import { useSession } from "../session/context";
import { IncomingCall } from "./IncomingCall";
import styles from "./IncomingCallLayer.module.css";
import { PatientCalls } from "./PatientCalls";
import { createTone } from "./tone";
import { useOpenCall } from "./useOpenCall";

/** Fetched while it rings, so that the first page stays small. */
const loadScreen = () => import("./PatientCallScreen");
const loadQuestion = () => import("./Question");
const QuestionSheet = lazy(async () => ({ default: (await loadQuestion()).QuestionSheet }));
const PatientCallScreen = lazy(async () => ({ default: (await loadScreen()).PatientCallScreen }));

interface Props {
  me: Me;
  socket: Socket;
  /** The app below. It keeps its shape under a call. */
  children: ReactNode;
}

/** The patient's calls, over everything else: the ring, the call, the question; and bars for the tone and for coming back. */
export function IncomingCallLayer({ me, socket, children }: Props) {
  const { api } = useSession();
  const [tone] = useState(createTone);
  const [calls] = useState(() => new PatientCalls(me, api, socket, tone));
  const { ringing, ongoing, open, asking, failure } = useStore(calls.state);
  const isUnlocked = useStore(tone.isUnlocked);
  useEffect(() => calls.start(), [calls]);
  useOpenCall(calls);
  const isRinging = ringing.name === "ringing";
  const isCovered = ongoing !== null || asking !== null;
  useEffect(() => {
    if (isRinging) void Promise.all([loadScreen(), loadQuestion()]).catch(() => undefined);
  }, [isRinging]);
  const title = ringing.name === "ringing" ? i18n.t("Inkommande videosamtal") : ongoing ? i18n.t("Videosamtal") : null;
  useEffect(() => {
    if (!title) return;
    const before = document.title;
    showTitle(title, 0);
    return () => {
      document.title = before;
    };
  }, [title]);

  return (
    <>
      <div className={styles.below} data-covered={isCovered || undefined}>
        {children}
        <div className={styles.bars} data-covered={isRinging || undefined}>
          {open && (
            <div className={styles.bar} data-tone="call">
              <p>{i18n.t("Videosamtalet pågår.")}</p>
              <Button tone="go" icon={Video} onClick={() => void calls.comeBack(open.callId)}>
                {i18n.t("Gå tillbaka till samtalet")}
              </Button>
            </div>
          )}
          {!isUnlocked && (
            <div className={styles.bar}>
              <p>{i18n.t("Vill du höra när vården ringer?")}</p>
              <Button icon={BellRing} onClick={() => void tone.unlock()}>
                {i18n.t("Slå på ringsignal")}
              </Button>
            </div>
          )}
        </div>
      </div>
      {ongoing ? (
        <Suspense
          fallback={
            <div className={styles.over}>
              <Waiting>{i18n.t("Ansluter …")}</Waiting>
            </div>
          }
        >
          <PatientCallScreen ongoing={ongoing} onLeave={() => void calls.leave()} />
        </Suspense>
      ) : asking ? (
        <div className={styles.over}>
          <Suspense fallback={<Waiting>{i18n.t("Samtalet är avslutat.")}</Waiting>}>
            <QuestionSheet callId={asking.id} onDone={() => calls.answered()}>
              <p className={styles.facts} role="status">
                {asking.reason === "abandoned" ? i18n.t("Samtalet avslutades eftersom ingen vårdpersonal var kvar.") : i18n.t("Samtalet är avslutat.")}
              </p>
            </QuestionSheet>
          </Suspense>
        </div>
      ) : null}
      {ringing.name !== "quiet" && <IncomingCall calls={calls} tone={tone} ringing={ringing} failure={failure} />}
    </>
  );
}
