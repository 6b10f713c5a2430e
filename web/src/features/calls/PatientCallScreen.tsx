import { Phone } from "lucide-react";
import { i18n } from "../../lib/i18n";
import { CallScreen } from "./CallScreen";
import { ControlButton } from "./ControlButton";
import { MessagesPanel } from "./MessagesPanel";
import type { OngoingCall } from "./OngoingCall";

/** The call as the patient has it: with the conversation, and a way out that ends nothing. */
export function PatientCallScreen({ ongoing, onLeave }: { ongoing: OngoingCall; onLeave: () => void }) {
  return (
    <CallScreen
      ongoing={ongoing}
      messages={(conversationId, onClose) => <MessagesPanel conversationId={conversationId} onClose={onClose} />}
      leaving={<ControlButton icon={Phone} tone="leave" words={i18n.t("Lämna samtalet")} onClick={onLeave} />}
    />
  );
}
