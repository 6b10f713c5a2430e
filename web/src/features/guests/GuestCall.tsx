import { Phone } from "lucide-react";
import { useEffect, useState } from "react";
import { i18n } from "../../lib/i18n";
import { useStore } from "../../lib/store";
import { CallPanel } from "../calls/CallPanel";
import { CallScreen } from "../calls/CallScreen";
import { ControlButton } from "../calls/ControlButton";
import type { OngoingCall } from "../calls/OngoingCall";
import { ConversationLog } from "../conversations/ConversationLog";
import { useSession } from "../session/context";
import { createCallMessages } from "./callMessages";

/** The live call as everybody has it, and what is written in it for everybody; never the conversation. */
export function GuestCall({ ongoing, onLeave }: { ongoing: OngoingCall; onLeave: () => void }) {
  const session = useSession();
  const [messages] = useState(() => createCallMessages(session, ongoing.id));
  const { call } = useStore(ongoing.state);
  const unread = useStore(messages.unread);
  const isSeated = call?.attendances.some((one) => ongoing.isMe(one)) ?? false;
  useEffect(() => (isSeated ? messages.start() : undefined), [messages, isSeated]);
  return (
    <CallScreen
      ongoing={ongoing}
      messages={{
        unread,
        panel: (conversationId, onClose) => (
          <CallPanel heading={i18n.t("Meddelanden")} onClose={onClose}>
            <ConversationLog open={messages} outbox={messages.outbox} conversation={{ id: conversationId, others_read_seq: 0 }} callId={ongoing.id} />
          </CallPanel>
        ),
      }}
      leaving={<ControlButton icon={Phone} tone="leave" words={i18n.t("Lämna samtalet")} onClick={onLeave} />}
    />
  );
}
