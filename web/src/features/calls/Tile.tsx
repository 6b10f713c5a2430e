import { MicOff, Pin, PinOff } from "lucide-react";
import { i18n } from "../../lib/i18n";
import { Avatar } from "../../ui/Avatar";
import { PictureView } from "./PictureView";
import { isPinnedForAll, type TileFacts } from "./tiles";
import styles from "./Tile.module.css";

interface Props {
  tile: TileFacts;
  isPinned?: boolean;
  /** Hands are read from it: never the smallest picture that is sent. */
  isHeld?: boolean;
  onPin?: () => void;
}

export function Tile({ tile, isPinned = false, isHeld = false, onPin }: Props) {
  const isScreen = tile.kind === "screen";
  return (
    <figure className={styles.tile} data-speaking={tile.isSpeaking || undefined} data-me={tile.isMe || undefined} data-testid={isScreen ? "screen" : tile.isMe ? "own-picture" : "person"}>
      {tile.picture ? <PictureView key={tile.picture.key} picture={tile.picture} isMirrored={tile.isMe} isWhole={isScreen} isHeld={isHeld} /> : <Avatar name={tile.name} isStrong />}
      <figcaption className={styles.caption}>
        <span className={styles.name}>{captionOf(tile)}</span>
        {!tile.hasMicrophone && !isScreen && !tile.isLost && (
          <span className={styles.chip}>
            <MicOff aria-hidden size={14} />
            {i18n.t("Mikrofon av")}
          </span>
        )}
        {isPinnedForAll(tile) && (
          <span className={styles.chip}>
            <Pin aria-hidden size={14} />
            {i18n.t("Fäst för alla")}
          </span>
        )}
        {tile.isSpeaking && <span className={styles.chip}>{i18n.t("talar")}</span>}
      </figcaption>
      {tile.isLost && <p className={styles.lost}>{i18n.t("Har tappat anslutningen …")}</p>}
      {onPin && (
        <button type="button" className={styles.pin} onClick={onPin}>
          {isPinned ? <PinOff aria-hidden size={16} /> : <Pin aria-hidden size={16} />}
          <span>{isPinned ? i18n.t("Lossa") : i18n.t("Fäst")}</span>
          <span className="hidden-words"> {isScreen ? i18n.t("skärmen från {name}", { name: tile.name }) : tile.name}</span>
        </button>
      )}
    </figure>
  );
}

function captionOf({ kind, isMe, name, known }: TileFacts): string {
  if (kind === "screen") return i18n.t("{name} delar skärm", { name });
  return isMe ? i18n.t("Du") : `${name} · ${known}`;
}
