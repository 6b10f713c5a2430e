import { useState } from "react";
import { ConversationList } from "../features/conversations/ConversationList";
import { FoundConversations } from "../features/conversations/FoundConversations";
import { NewConversationDialog } from "../features/conversations/NewConversationDialog";
import { SearchField } from "../features/conversations/SearchField";
import { WaitingGroup } from "../features/conversations/WaitingGroup";
import { i18n } from "../lib/i18n";
import { navigate } from "../lib/router";
import { Button } from "../ui/Button";
import styles from "./CasePane.module.css";

/** *Ärenden*: the list, the search and the way to a new one. */
export function CasePane({ home, currentId }: { home: string; currentId: string | null }) {
  const [text, setText] = useState("");
  const [isPicking, setPicking] = useState(false);
  const hrefOf = (id: string) => `${home}conversations/${id}`;

  function show(id: string): void {
    setPicking(false);
    navigate(hrefOf(id));
  }

  return (
    <nav className={styles.pane} aria-label={i18n.t("Ärenden")}>
      <div className={styles.top}>
        <h1>{i18n.t("Ärenden")}</h1>
        <Button onClick={() => setPicking(true)}>{i18n.t("Nytt ärende")}</Button>
      </div>
      <SearchField label={i18n.t("Sök patient")} text={text} onText={setText} />
      <div className={styles.list}>
        {text.trim() ? (
          <FoundConversations text={text} hrefOf={hrefOf} currentId={currentId} />
        ) : (
          <>
            <WaitingGroup hrefOf={hrefOf} currentId={currentId} />
            <ConversationList hrefOf={hrefOf} currentId={currentId} empty={<p>{i18n.t("Börja med Nytt ärende.")}</p>} />
          </>
        )}
      </div>
      {isPicking && <NewConversationDialog onOpened={show} onClose={() => setPicking(false)} />}
    </nav>
  );
}
