import { Phone } from "lucide-react";
import { i18n } from "../../lib/i18n";
import { useStore } from "../../lib/store";
import { useUnread } from "../conversations/provider";
import { CallScreen } from "./CallScreen";
import { ControlButton } from "./ControlButton";
import { MessagesPanel } from "./MessagesPanel";
import type { OngoingCall } from "./OngoingCall";

/** The call as the patient has it: with the conversation, and a way out that ends nothing. */
export function PatientCallScreen({ ongoing, onLeave }: { ongoing: OngoingCall; onLeave: () => void }) {
  const unread = useUnread(useStore(ongoing.state).call?.conversation_id ?? "");
  return (
    <CallScreen
      ongoing={ongoing}
      messages={{ unread, panel: (conversationId, onClose) => <MessagesPanel callId={ongoing.id} conversationId={conversationId} onClose={onClose} /> }}
      leaving={<ControlButton icon={Phone} tone="leave" words={i18n.t("Lämna samtalet")} onClick={onLeave} />}
    />
  );
}
