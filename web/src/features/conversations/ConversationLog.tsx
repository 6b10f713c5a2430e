import { useState } from "react";
import type { Audience } from "../../api/wire";
import { useSession } from "../session/context";
import { AudienceChoice, AudienceLabel } from "./Audience";
import { Composer } from "./Composer";
import styles from "./ConversationLog.module.css";
import { type LogProps, Timeline } from "./Timeline";

/** The log and the message box without a heading: also the call's own *Meddelanden*, where one chooses who sees what one writes. */
export function ConversationLog({ open, outbox, conversation, callId = null }: LogProps) {
  const { me } = useSession();
  const [chosen, setChosen] = useState<Audience>("patient");
  const audience = me.kind === "guest" ? "call" : chosen;
  return (
    <div className={styles.log}>
      <Timeline open={open} outbox={outbox} conversation={conversation} callId={callId} />
      <Composer
        conversationId={conversation.id}
        audience={callId ? audience : undefined}
        onSend={(text) => outbox.post(conversation.id, text, audience === "call" ? callId : null)}
        onType={open.sayTyping}
      >
        {callId && (me.kind === "guest" ? <AudienceLabel audience="call" author={me.kind} /> : <AudienceChoice chosen={chosen} me={me} onChoose={setChosen} />)}
      </Composer>
    </div>
  );
}
