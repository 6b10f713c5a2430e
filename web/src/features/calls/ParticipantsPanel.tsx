import { Mic, MicOff, Video, VideoOff } from "lucide-react";
import { useState } from "react";
import { problemText } from "../../api/problems";
import type { CallSnapshot } from "../../api/wire";
import { i18n } from "../../lib/i18n";
import { Avatar } from "../../ui/Avatar";
import { useSession } from "../session/session";
import { CallPanel } from "./CallPanel";
import styles from "./CallScreen.module.css";
import type { OngoingCall } from "./OngoingCall";
import type { TileFacts } from "./tiles";

interface Props {
  ongoing: OngoingCall;
  call: CallSnapshot;
  tiles: TileFacts[];
  onClose: () => void;
}

/** *Deltagare*: who is in the call, how each is known, and what they send. */
export function ParticipantsPanel({ ongoing, call, tiles, onClose }: Props) {
  const { me } = useSession();
  const inOrder = [...tiles].sort((one, other) => Number(other.isMe) - Number(one.isMe));
  return (
    <CallPanel heading={i18n.t("Deltagare")} onClose={onClose} foot={me.kind === "staff" && <SharingSwitch ongoing={ongoing} call={call} />}>
      <ul className={styles.people} role="list">
        {inOrder.map((tile) => (
          <li key={tile.id} className={styles.person}>
            <Avatar name={tile.name} />
            <div>
              {tile.isMe ? i18n.t("{name} (Du)", { name: tile.name }) : tile.name}
              <small>{tile.isLost ? i18n.t("{known} · har tappat anslutningen", { known: tile.known }) : tile.known}</small>
            </div>
            <span className={styles.icons}>
              {tile.hasMicrophone ? <Mic aria-hidden size={18} /> : <MicOff aria-hidden size={18} />}
              {tile.hasCamera ? <Video aria-hidden size={18} /> : <VideoOff aria-hidden size={18} />}
              <span className="hidden-words">
                {tile.hasMicrophone ? i18n.t("Mikrofon på") : i18n.t("Mikrofon av")}, {tile.hasCamera ? i18n.t("kamera på") : i18n.t("kamera av")}
              </span>
            </span>
          </li>
        ))}
      </ul>
    </CallPanel>
  );
}

function SharingSwitch({ ongoing, call }: { ongoing: OngoingCall; call: CallSnapshot }) {
  const [failure, setFailure] = useState<string | null>(null);
  const change = (isAllowed: boolean) => void ongoing.letOthersShare(isAllowed).then(() => setFailure(null), (error: unknown) => setFailure(problemText(error)));
  return (
    <div className={styles.foot}>
      <label className={styles.switch}>
        <input type="checkbox" role="switch" checked={call.may_others_share} onChange={(event) => change(event.target.checked)} />
        {i18n.t("Låt andra dela skärm")}
      </label>
      {failure && <p role="alert">{failure}</p>}
    </div>
  );
}
