import { MessageSquareText, Phone, Smartphone } from "lucide-react";
import type { RingSnapshot, RungFact } from "../../api/wire";
import { i18n } from "../../lib/i18n";
import { clockWithSeconds } from "../../lib/time";
import { rungWords } from "../conversations/rungWords";
import styles from "./RungList.module.css";

const ICONS = { push: Smartphone, sms: MessageSquareText, phone: Phone };

/** How the ring climbs beside the app: one row for each rung, in order, with the time of its latest step. Its room is kept from the start. */
export function RungList({ ring }: { ring: RingSnapshot }) {
  return (
    <div className={styles.room} role="status" aria-atomic="false">
      {ring.rungs.length > 0 && (
        <ol className={styles.list} aria-label={i18n.t("Så nås patienten")}>
          {ring.rungs.map((rung) => (
            <Rung key={rung.kind} rung={rung} />
          ))}
        </ol>
      )}
    </div>
  );
}

function Rung({ rung }: { rung: RungFact }) {
  const Icon = ICONS[rung.kind];
  return (
    <li data-state={rung.state}>
      <Icon aria-hidden size={16} />
      <span>{rungWords(rung)}</span>
      <time dateTime={rung.at}>{clockWithSeconds(rung.at)}</time>
    </li>
  );
}
