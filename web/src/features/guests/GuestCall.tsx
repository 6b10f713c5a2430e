import { Phone } from "lucide-react";
import { i18n } from "../../lib/i18n";
import { CallScreen } from "../calls/CallScreen";
import { ControlButton } from "../calls/ControlButton";
import type { OngoingCall } from "../calls/OngoingCall";

/** The live call, as everybody has it; never the conversation. */
export function GuestCall({ ongoing, onLeave }: { ongoing: OngoingCall; onLeave: () => void }) {
  return <CallScreen ongoing={ongoing} leaving={<ControlButton icon={Phone} tone="leave" words={i18n.t("Lämna samtalet")} onClick={onLeave} />} />;
}

export { takeSeat } from "./takeSeat";
