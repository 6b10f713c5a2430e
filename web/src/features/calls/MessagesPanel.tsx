import { useEffect, useState } from "react";
import { i18n } from "../../lib/i18n";
import { useStore } from "../../lib/store";
import { Button } from "../../ui/Button";
import { Waiting } from "../../ui/Waiting";
import { ConversationLog } from "../conversations/ConversationLog";
import { openConversation } from "../conversations/conversation";
import { useConversations } from "../conversations/provider";
import { useSession } from "../session/context";
import { CallPanel } from "./CallPanel";

/** *Meddelanden*: the conversation itself, beside the picture, for staff and the patient. */
export function MessagesPanel({ callId, conversationId, onClose }: { callId: string; conversationId: string; onClose: () => void }) {
  const { api, socket } = useSession();
  const { outbox } = useConversations();
  const [open] = useState(() => openConversation(api, socket, outbox, conversationId));
  const { status, conversation } = useStore(open.state);
  useEffect(() => open.start(), [open]);
  return (
    <CallPanel heading={i18n.t("Meddelanden")} onClose={onClose}>
      {conversation && status === "ready" ? (
        <ConversationLog open={open} outbox={outbox} conversation={conversation} callId={callId} />
      ) : status === "loading" ? (
        <Waiting>{i18n.t("Meddelandena hämtas …")}</Waiting>
      ) : (
        <Button onClick={() => void open.load()}>{i18n.t("Försök igen")}</Button>
      )}
    </CallPanel>
  );
}
