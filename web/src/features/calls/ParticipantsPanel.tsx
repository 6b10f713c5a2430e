import { AudioLines, Mic, MicOff, Video, VideoOff } from "lucide-react";
import type { ReactNode } from "react";
import { i18n } from "../../lib/i18n";
import { Avatar } from "../../ui/Avatar";
import { CallPanel } from "./CallPanel";
import styles from "./CallScreen.module.css";
import type { TileFacts } from "./tiles";

/** What those who hold the call have in the panel beside the list. */
export interface PanelParts {
  /** Above everything: who asks to be let in. */
  knocks: ReactNode;
  /** Below those in the call: who is not in it yet. */
  outside: ReactNode;
  foot: ReactNode;
  /** What can be done about one person. */
  actionOn: (tile: TileFacts) => ReactNode;
}

interface Props {
  tiles: TileFacts[];
  parts?: PanelParts;
  onClose: () => void;
}

/** *Deltagare*: who is in the call, how each is known, and what they send. */
export function ParticipantsPanel({ tiles, parts, onClose }: Props) {
  const inOrder = [...tiles].sort((one, other) => Number(other.isMe) - Number(one.isMe));
  return (
    <CallPanel heading={i18n.t("Deltagare")} onClose={onClose} foot={parts?.foot}>
      <div className={styles.people}>
        {parts?.knocks}
        <ul className={styles.list} role="list">
          {inOrder.map((tile) => (
            <li key={tile.id} className={styles.person}>
              <Avatar name={tile.name} />
              <div>
                {tile.isMe ? i18n.t("{name} (Du)", { name: tile.name }) : tile.name}
                <small>{factsOf(tile).join(" · ")}</small>
              </div>
              <SentBy tile={tile} />
              {parts?.actionOn(tile)}
            </li>
          ))}
        </ul>
        {parts?.outside}
      </div>
    </CallPanel>
  );
}

function SentBy({ tile }: { tile: TileFacts }) {
  return (
    <span className={styles.icons}>
      {tile.isSpeaking ? <AudioLines aria-hidden size={18} /> : tile.hasMicrophone ? <Mic aria-hidden size={18} /> : <MicOff aria-hidden data-off size={18} />}
      {tile.hasCamera ? <Video aria-hidden size={18} /> : <VideoOff aria-hidden data-off size={18} />}
      <span className="hidden-words">
        {tile.hasMicrophone ? i18n.t("Mikrofon på") : i18n.t("Mikrofon av")}, {tile.hasCamera ? i18n.t("kamera på") : i18n.t("kamera av")}
      </span>
    </span>
  );
}

function factsOf({ known, attendance, isLost, isSpeaking }: TileFacts): string[] {
  const by = attendance?.kind === "guest" && attendance.invited_by_name;
  return [
    known,
    ...(by ? [i18n.t("inbjuden av {name}", { name: by })] : []),
    ...(isLost ? [i18n.t("har tappat anslutningen")] : []),
    ...(isSpeaking ? [i18n.t("talar")] : []),
  ];
}
