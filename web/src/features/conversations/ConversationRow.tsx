import type { ReactNode } from "react";
import type { InboxItem } from "../../api/wire";
import { i18n } from "../../lib/i18n";
import { shortWhen } from "../../lib/time";
import { Avatar } from "../../ui/Avatar";
import { Link } from "../../ui/Link";
import { useSession } from "../session/context";
import styles from "./ConversationList.module.css";
import { kindText } from "./words";

interface Props {
  item: InboxItem;
  href: string;
  isCurrent: boolean;
  /** Instead of what happened last. */
  kind?: ReactNode;
}

export function ConversationRow({ item, href, isCurrent, kind }: Props) {
  const { me } = useSession();
  const isPresent = item.presence?.state === "in_app";
  return (
    <Link className={styles.row} href={href} aria-current={isCurrent ? "page" : undefined} data-unread={item.unread > 0 || undefined}>
      <Avatar name={item.title} isStrong={isCurrent} isPresent={isPresent} />
      <span className={styles.words}>
        <span className={styles.title}>
          <span className={styles.name}>{item.title}</span>
          {item.unread > 0 && <span className={styles.count} aria-hidden>{item.unread > 99 ? "99+" : item.unread}</span>}
          <time className={styles.time} dateTime={item.last_at}>{shortWhen(item.last_at)}</time>
        </span>
        <span className={styles.kind} data-open={item.has_open_call || item.ready_at !== null || undefined}>
          {kind ?? kindText(item, me.kind)}
        </span>
        {isPresent && <span className="hidden-words">{i18n.t("i appen nu")}</span>}
      </span>
    </Link>
  );
}
