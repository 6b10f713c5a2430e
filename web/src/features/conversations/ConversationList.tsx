import { MessagesSquare } from "lucide-react";
import type { ReactNode } from "react";
import type { InboxItem } from "../../api/wire";
import { i18n } from "../../lib/i18n";
import { useStore } from "../../lib/store";
import { Button } from "../../ui/Button";
import { Empty } from "../../ui/Empty";
import { Waiting } from "../../ui/Waiting";
import styles from "./ConversationList.module.css";
import { ConversationRow } from "./ConversationRow";
import { type InboxState, without } from "./inbox";
import { useConversations } from "./provider";

interface Props {
  hrefOf: (id: string) => string;
  currentId: string | null;
  /** What to show when there is no conversation at all. */
  empty: ReactNode;
}

/** The signed-in person's conversations, latest first, live; but for those whose patients wait, who stand above. */
export function ConversationList({ hrefOf, currentId, empty }: Props) {
  const { inbox } = useConversations();
  const { status, waiting, items, next, more } = useStore(inbox.state);
  if (status === "loading") return <Waiting>{i18n.t("Ärenden hämtas …")}</Waiting>;
  if (status === "failed") {
    return (
      <Empty heading={i18n.t("Ärendena kunde inte hämtas.")}>
        <Button onClick={() => void inbox.reload()}>{i18n.t("Försök igen")}</Button>
      </Empty>
    );
  }
  if (items.length === 0) return <Empty icon={MessagesSquare} heading={i18n.t("Inga ärenden än")}>{empty}</Empty>;
  return (
    <>
      <ConversationRows items={without(items, waiting)} hrefOf={hrefOf} currentId={currentId} />
      {next && <MoreConversations more={more} onPress={() => void inbox.loadMore()} />}
    </>
  );
}

export function MoreConversations({ more, onPress }: { more: InboxState["more"]; onPress: () => void }) {
  return (
    <Button tone="quiet" isWide disabled={more === "loading"} onClick={onPress}>
      {more === "failed" ? i18n.t("Försök igen") : more === "loading" ? i18n.t("Fler ärenden hämtas …") : i18n.t("Visa fler ärenden")}
    </Button>
  );
}

export function ConversationRows({ items, hrefOf, currentId, kindOf }: { items: readonly InboxItem[]; kindOf?: (item: InboxItem) => ReactNode } & Omit<Props, "empty">) {
  if (items.length === 0) return null;
  return (
    <ul role="list" className={styles.list}>
      {items.map((item) => (
        <li key={item.id}>
          <ConversationRow item={item} href={hrefOf(item.id)} isCurrent={item.id === currentId} kind={kindOf?.(item)} />
        </li>
      ))}
    </ul>
  );
}
