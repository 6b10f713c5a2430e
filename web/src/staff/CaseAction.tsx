import type { ConversationSnapshot, Me } from "../api/wire";
import { StartCallButton } from "../features/calls/StartCallButton";
import { ReadySince } from "../features/conversations/ReadySince";
import styles from "./CaseAction.module.css";

/** To the right of the patient's name: since when they are ready, and the camera. */
export function CaseAction({ conversation, me }: { conversation: ConversationSnapshot; me: Me }) {
  return (
    <div className={styles.action}>
      {conversation.wait && (
        <p>
          <ReadySince at={conversation.wait.ready_at} />
        </p>
      )}
      <StartCallButton conversation={conversation} me={me} />
    </div>
  );
}
