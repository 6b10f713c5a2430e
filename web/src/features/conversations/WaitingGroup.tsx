import { MessagesSquare } from "lucide-react";
import { useRef, useState } from "react";
import { i18n } from "../../lib/i18n";
import { useStore } from "../../lib/store";
import { Button } from "../../ui/Button";
import { ConversationRows } from "./ConversationList";
import { useConversations } from "./provider";
import { ReadySince } from "./ReadySince";
import { useNoticed } from "./useNoticed";
import styles from "./WaitingGroup.module.css";
import { WriteToWaitingDialog } from "./WriteToWaitingDialog";

interface Props {
  hrefOf: (id: string) => string;
  currentId: string | null;
}

/** For staff, above the list: the patients who are ready, longest first, and a way to write to all of them. */
export function WaitingGroup({ hrefOf, currentId }: Props) {
  const { waiting } = useStore(useConversations().inbox.state);
  const [isWriting, setWriting] = useState(false);
  const box = useRef<HTMLElement>(null);
  useNoticed(waiting, box);
  return (
    <>
      {waiting.length > 0 && (
        <section ref={box} className={styles.group} aria-labelledby="waiting-heading">
          <h2 id="waiting-heading">{i18n.t("Redo för samtal ({count})", { count: waiting.length })}</h2>
          <ConversationRows items={waiting} hrefOf={hrefOf} currentId={currentId} kindOf={(item) => item.ready_at && <ReadySince at={item.ready_at} />} />
          <Button tone="quiet" icon={MessagesSquare} isWide onClick={() => setWriting(true)}>
            {i18n.t("Skriv till alla som väntar")}
          </Button>
        </section>
      )}
      {isWriting && <WriteToWaitingDialog waiting={waiting} onClose={() => setWriting(false)} />}
    </>
  );
}
