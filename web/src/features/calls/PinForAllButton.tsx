import { Pin, PinOff } from "lucide-react";
import { useState } from "react";
import { problemText } from "../../api/problems";
import { i18n } from "../../lib/i18n";
import { Button } from "../../ui/Button";
import type { OngoingCall } from "./OngoingCall";
import type { TileFacts } from "./tiles";

/** An interpreter on everybody's stage. Everyone can still pin somebody else for themselves. */
export function PinForAllButton({ tile: { attendance, name, isMe }, ongoing }: { tile: TileFacts; ongoing: OngoingCall }) {
  const [failure, setFailure] = useState<string | null>(null);
  if (!attendance || isMe || (attendance.role !== "interpreter" && attendance.role !== "sign_language_interpreter")) return null;
  const { id, is_pinned: isPinned } = attendance;
  const change = () => void ongoing.pinForAll(isPinned ? null : id).then(() => setFailure(null), (error: unknown) => setFailure(problemText(error)));
  return (
    <>
      <Button tone="quiet" icon={isPinned ? PinOff : Pin} onClick={change}>
        {isPinned ? i18n.t("Lossa {name} för alla", { name }) : i18n.t("Fäst {name} för alla", { name })}
      </Button>
      {failure && <p role="alert">{failure}</p>}
    </>
  );
}
