import { Video } from "lucide-react";
import { useEffect, useState } from "react";
import { problemText } from "../../api/problems";
import type { CallSnapshot, ConversationSnapshot, Me } from "../../api/wire";
import { i18n } from "../../lib/i18n";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { useSession } from "../session/context";
import { ColleagueCall, ConversationKnocks } from "./ColleagueCall";
import { Question } from "./Question";
import styles from "./StartCallButton.module.css";
import { isAnyWindowOpen, isWindowClosed, openCallWindow } from "./windows";

interface Props {
  conversation: ConversationSnapshot;
  me: Me;
}

/** The video camera above the chat: opens the call's own window in the click, or leads to the one that is open. */
export function StartCallButton({ conversation, me }: Props) {
  const { call } = conversation;
  const [blocked, setBlocked] = useState<string | null>(null);
  const [asked, setAsked] = useState<string | null>(null);
  const isMine = call?.placed_by_id === me.id;
  const isDeserted = useIsDeserted(call && isMine ? call.id : null);

  function open(callId: string): void {
    setBlocked(openCallWindow(me.clinic_slug, callId, conversation.id) ? null : callId);
  }

  return (
    <div className={styles.start}>
      {(!call || isMine) && (
        <Button tone="primary" icon={Video} onClick={() => open(call?.id ?? crypto.randomUUID())}>
          {call ? i18n.t("Gå till samtalet") : i18n.t("Starta videosamtal")}
        </Button>
      )}
      {call && !isMine && <ColleagueCall key={call.id} call={call} onOpen={() => open(call.id)} />}
      <div className={styles.below}>
        <div role="status">
          {blocked && (
            <div className={styles.notice}>
              <p>{i18n.t("Fönstret blockerades. Ingen har ringts upp.")}</p>
              <Button tone="primary" onClick={() => open(blocked)}>
                {i18n.t("Öppna samtalsfönstret")}
              </Button>
            </div>
          )}
          {call && isDeserted && !blocked && <Deserted callId={call.id} isActive={call.status === "active"} onEnded={setAsked} />}
        </div>
        {call && isMine && <ConversationKnocks call={call} />}
      </div>
      {asked && (
        <Dialog heading={i18n.t("Samtalet är avslutat")} onClose={() => setAsked(null)}>
          <Question callId={asked} onDone={() => setAsked(null)} />
        </Dialog>
      )}
    </div>
  );
}

interface DesertedProps {
  callId: string;
  isActive: boolean;
  /** With the call to ask about. */
  onEnded: (callId: string) => void;
}

/** The window was closed by its X, the call goes on; *Gå till samtalet* stands right above. */
function Deserted({ callId, isActive, onEnded }: DesertedProps) {
  const { api } = useSession();
  const [failure, setFailure] = useState<string | null>(null);

  async function end(): Promise<void> {
    try {
      const call = await api.post<CallSnapshot>(`/calls/${callId}/${isActive ? "end" : "cancel"}`);
      if (call.must_ask_feedback) onEnded(callId);
    } catch (error) {
      setFailure(problemText(error));
    }
  }

  return (
    <div className={styles.notice}>
      <p>{i18n.t("Du stängde fönstret men samtalet pågår.")}</p>
      <Button tone="stop" onClick={() => void end()}>
        {i18n.t("Avsluta videosamtal")}
      </Button>
      {failure && <p role="alert">{failure}</p>}
    </div>
  );
}

const LOOK_EVERY_MS = 700;
const MISSING_LOOKS = 3;

/** Is my own call open while no window in this browser shows it? Looked for several times, for a window reloads. */
function useIsDeserted(callId: string | null): boolean {
  const [{ of, missing }, setLooks] = useState<{ of: string | null; missing: number }>({ of: null, missing: 0 });
  useEffect(() => {
    if (!callId) return;
    const look = async () => {
      const isHere = isWindowClosed(callId) !== true && (await isAnyWindowOpen(callId));
      setLooks((before) => ({ of: callId, missing: isHere ? 0 : before.of === callId ? before.missing + 1 : 1 }));
    };
    const timer = setInterval(() => void look(), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [callId]);
  return callId !== null && of === callId && missing >= MISSING_LOOKS;
}
