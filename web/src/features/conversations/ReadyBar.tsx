import { useState } from "react";
import { ApiProblem, problemText } from "../../api/problems";
import type { ConversationSnapshot } from "../../api/wire";
import { i18n } from "../../lib/i18n";
import { clock } from "../../lib/time";
import { Button } from "../../ui/Button";
import { useSession } from "../session/context";
import styles from "./ReadyBar.module.css";
import { useHasPush } from "./useHasPush";
import { usualText } from "./usual";

type Wait = NonNullable<ConversationSnapshot["wait"]>;

/** For the patient, above the log: say that one is ready, or what is known while one waits. Nothing while a call goes on. */
export function ReadyBar({ conversation }: { conversation: ConversationSnapshot }) {
  const { api } = useSession();
  const [failure, setFailure] = useState<string | null>(null);
  const path = `/conversations/${conversation.id}/ready`;
  const { wait, call } = conversation;

  async function attempt(work: Promise<void>): Promise<void> {
    setFailure(null);
    try {
      await work;
    } catch (error) {
      setFailure(readyProblem(error));
    }
  }

  if (call?.status === "active") return null;
  return (
    <section className={styles.bar} data-waiting={wait !== null || undefined} aria-label={i18n.t("Väntar på videosamtal")}>
      {wait ? <Waited wait={wait} /> : <p>{i18n.t("Väntar du på ett videosamtal?")}</p>}
      <p className={styles.failure} role="alert">
        {failure}
      </p>
      {wait ? (
        <Button onClick={() => void attempt(api.delete(path))}>{i18n.t("Jag är inte redo längre")}</Button>
      ) : (
        <Button tone="go" onClick={() => void attempt(api.post(path))}>
          {i18n.t("Jag är redo")}
        </Button>
      )}
    </section>
  );
}

/** Why one could not be said to be ready, in one sentence. */
export function readyProblem(error: unknown): string {
  return error instanceof ApiProblem && error.code === "call-goes-on" ? i18n.t("Du är redan med i ett videosamtal.") : problemText(error);
}

function Waited({ wait }: { wait: Wait }) {
  const hasPush = useHasPush();
  return (
    <div className={styles.words}>
      <p className={styles.since}>{i18n.t("Du är redo sedan {at}", { at: clock(wait.ready_at) })}</p>
      <p role="status">{wait.noticed_at ? i18n.t("Vårdpersonalen ser att du väntar.") : i18n.t("Vårdpersonalen har inte sett det än.")}</p>
      {wait.usual_seconds !== null && <p>{usualText(wait.usual_seconds)}</p>}
      <p className={styles.soft}>
        {hasPush ? i18n.t("Du kan låsa telefonen. Den ringer när vården ringer dig.") : i18n.t("Låt appen vara öppen, så märker du när vården ringer.")}{" "}
        {i18n.t("Du står som redo till {at}.", { at: clock(wait.until) })}
      </p>
    </div>
  );
}
