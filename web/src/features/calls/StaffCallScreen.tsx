import { LogOut, Phone, UserPlus, UserRoundX } from "lucide-react";
import { type ReactNode, useState } from "react";
import { problemText } from "../../api/problems";
import type { CallSnapshot } from "../../api/wire";
import { i18n } from "../../lib/i18n";
import { useStore } from "../../lib/store";
import { Button } from "../../ui/Button";
import { useUnread } from "../conversations/provider";
import { createInviting, type Inviting } from "../invitations/inviting";
import { InviteDialog } from "../invitations/InviteDialog";
import { KnockCards } from "../invitations/KnockCards";
import { Outside } from "../invitations/Outside";
import { useKnockAlert } from "../invitations/useKnockAlert";
import { invitingProblem } from "../invitations/words";
import { useSession } from "../session/context";
import { CallScreen } from "./CallScreen";
import styles from "./CallScreen.module.css";
import { ControlButton } from "./ControlButton";
import { MessagesPanel } from "./MessagesPanel";
import type { OngoingCall } from "./OngoingCall";
import { PinForAllButton } from "./PinForAllButton";
import { SharingSwitch } from "./SharingSwitch";
import { staffBanners } from "./staffBanners";
import type { TileFacts } from "./tiles";
import { useNow } from "../../lib/useNow";

interface Props {
  ongoing: OngoingCall;
  waiting?: ReactNode;
  /** Out of the call, which a colleague goes on with. */
  onLeft: () => void;
}

const NOBODY: CallSnapshot["knocks"] = [];

/** The call as staff hold it: they invite, let in, remove and end. */
export function StaffCallScreen({ ongoing, waiting, onLeft }: Props) {
  const { api } = useSession();
  const { call, ending } = useStore(ongoing.state);
  const media = useStore(ongoing.media.state);
  const [inviting] = useState(() => createInviting(api, ongoing.id, (told) => ongoing.tell(told)));
  const [isInviting, setInviting] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const now = useNow(call?.ring?.status === "ringing");
  const unread = useUnread(call?.conversation_id ?? "");
  const knocks = call?.knocks ?? NOBODY;
  const isSharing = media.screen !== null || Object.values(media.people).some((person) => person.screen);
  const hasColleague = call?.attendances.some((one) => one.kind === "staff" && !ongoing.isMe(one));
  useKnockAlert(knocks, i18n.t("Videosamtal"));

  async function leave(): Promise<void> {
    try {
      await ongoing.leaveToColleague();
      onLeft();
    } catch (error) {
      setFailure(problemText(error));
    }
  }

  return (
    <CallScreen
      ongoing={ongoing}
      waiting={waiting}
      failure={failure}
      banners={call ? staffBanners(call, now, isSharing) : undefined}
      news={<KnockCards knocks={knocks} inviting={inviting} isSharing={isSharing} />}
      parts={
        call
          ? {
              knocks: <KnockCards knocks={knocks} inviting={inviting} isSharing={isSharing} />,
              outside: <Outside call={call} inviting={inviting} />,
              foot: <Foot ongoing={ongoing} call={call} onInvite={() => setInviting(true)} />,
              actionOn: (tile) => (
                <>
                  <PinForAllButton tile={tile} ongoing={ongoing} />
                  <RemoveButton tile={tile} inviting={inviting} />
                </>
              ),
            }
          : undefined
      }
      messages={{ unread, panel: (conversationId, onClose) => <MessagesPanel callId={ongoing.id} conversationId={conversationId} onClose={onClose} /> }}
      leaving={
        <>
          {hasColleague && <ControlButton icon={LogOut} words={i18n.t("Lämna utan att avsluta")} onClick={() => void leave()} />}
          <ControlButton icon={Phone} tone="end" words={i18n.t("Avsluta videosamtal")} disabled={ending !== "no" || !call} onClick={() => void ongoing.end()} />
        </>
      }
    >
      {isInviting && call && <InviteDialog inviting={inviting} invitations={call.invitations} invitedBefore={call.invited_before} onClose={() => setInviting(false)} />}
    </CallScreen>
  );
}

function Foot({ ongoing, call, onInvite }: { ongoing: OngoingCall; call: CallSnapshot; onInvite: () => void }) {
  return (
    <div className={styles.foot}>
      <SharingSwitch ongoing={ongoing} call={call} />
      <Button tone="primary" isWide icon={UserPlus} className={styles.invite} onClick={onInvite}>
        {i18n.t("Bjud in")}
      </Button>
    </div>
  );
}

function RemoveButton({ tile, inviting }: { tile: TileFacts; inviting: Pick<Inviting, "remove"> }) {
  const [failure, setFailure] = useState<string | null>(null);
  const { attendance, isMe, name } = tile;
  const knockId = attendance?.knock_id;
  if (!knockId || isMe) return null;
  return (
    <>
      <Button tone="quiet" icon={UserRoundX} onClick={() => void inviting.remove(knockId).catch((error: unknown) => setFailure(invitingProblem(error)))}>
        {i18n.t("Ta bort {name} ur samtalet", { name })}
      </Button>
      {failure && <p role="alert">{failure}</p>}
    </>
  );
}
