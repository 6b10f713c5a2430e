import { ArrowLeft } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import type { ConversationSnapshot } from "../../api/wire";
import { i18n } from "../../lib/i18n";
import { navigate } from "../../lib/router";
import { useStore } from "../../lib/store";
import { Button } from "../../ui/Button";
import { Empty } from "../../ui/Empty";
import { IconButton } from "../../ui/IconButton";
import { Waiting } from "../../ui/Waiting";
import { useSession } from "../session/context";
import { type OpenConversation, openConversation } from "./conversation";
import { ConversationLog } from "./ConversationLog";
import styles from "./ConversationView.module.css";
import { useConversations } from "./provider";
import { presenceText } from "./words";

interface Props {
  id: string;
  /** Where the back button leads. */
  backTo: string;
  /** The list is not beside it on wide screens either. */
  isAlone?: boolean;
  /** Stands to the right of the name, above the chat: the camera button. */
  action?: (conversation: ConversationSnapshot) => ReactNode;
  /** Between that and the log: the patient's *Jag är redo*. */
  notice?: (conversation: ConversationSnapshot) => ReactNode;
}

/** One conversation: who, the log, the message box. Give it `key={id}`. */
export function ConversationView({ id, backTo, isAlone = false, ...slots }: Props) {
  const { api, socket } = useSession();
  const { outbox } = useConversations();
  const [open] = useState(() => openConversation(api, socket, outbox, id));
  const { status, conversation } = useStore(open.state);
  useEffect(() => open.start(), [open]);

  if (conversation && status === "ready") return <OpenedConversation open={open} conversation={conversation} backTo={backTo} isAlone={isAlone} {...slots} />;
  return (
    <section className={styles.view}>
      <header className={styles.header}>
        <Back to={backTo} isAlone={isAlone} />
      </header>
      {status === "loading" && <Waiting>{i18n.t("Ärendet öppnas …")}</Waiting>}
      {status === "gone" && <Empty heading={i18n.t("Ärendet finns inte, eller så får du inte se det.")} />}
      {status === "failed" && (
        <Empty heading={i18n.t("Ärendet kunde inte öppnas.")}>
          <Button onClick={() => void open.load()}>{i18n.t("Försök igen")}</Button>
        </Empty>
      )}
    </section>
  );
}

function OpenedConversation({ open, conversation, backTo, isAlone = false, action, notice }: Omit<Props, "id"> & { open: OpenConversation; conversation: ConversationSnapshot }) {
  const { me } = useSession();
  const { outbox } = useConversations();
  const heading = useRef<HTMLHeadingElement>(null);
  const presence = presenceText(conversation.presence);
  useEffect(() => {
    if (matchMedia("(max-width: 767px)").matches) heading.current?.focus();
  }, []);
  return (
    <section className={styles.view} aria-labelledby="conversation-name">
      <header className={styles.header}>
        <Back to={backTo} isAlone={isAlone} />
        <div className={styles.who}>
          <h1 id="conversation-name" ref={heading} tabIndex={-1}>
            {me.kind === "staff" ? conversation.patient_name : conversation.clinic_name}
          </h1>
          {presence && (
            <p className={styles.presence} data-state={conversation.presence?.state}>
              {presence}
            </p>
          )}
        </div>
        {action && <div className={styles.action}>{action(conversation)}</div>}
      </header>
      {notice?.(conversation)}
      <ConversationLog open={open} outbox={outbox} conversation={conversation} />
    </section>
  );
}

function Back({ to, isAlone }: { to: string; isAlone: boolean }) {
  return <IconButton className={isAlone ? undefined : styles.back} icon={ArrowLeft} words={i18n.t("Tillbaka till ärenden")} onClick={() => navigate(to)} />;
}
