import { useState } from "react";
import type { ConversationRef } from "../api/wire";
import { readyProblem } from "../features/conversations/ReadyBar";
import { useSession } from "../features/session/context";
import { i18n } from "../lib/i18n";
import { navigate } from "../lib/router";
import { Button } from "../ui/Button";
import styles from "./ReadyPrompt.module.css";

/** Behind a reminder's link, `?redo=1`: the link alone says nothing, one press does. */
export function ReadyPrompt({ hrefOf }: { hrefOf: (id: string) => string }) {
  const { api, me } = useSession();
  const [failure, setFailure] = useState<string | null>(null);

  async function sayReady(): Promise<void> {
    setFailure(null);
    try {
      const { id } = await api.post<ConversationRef>("/conversations", {});
      await api.post(`/conversations/${id}/ready`);
      navigate(hrefOf(id), { replace: true });
    } catch (error) {
      setFailure(readyProblem(error));
    }
  }

  return (
    <section className={styles.prompt} aria-labelledby="ready-heading">
      <h2 id="ready-heading">{i18n.t("Är du redo för ditt videosamtal?")}</h2>
      <p>{i18n.t("Tryck på knappen, så ser {clinic} att du väntar.", { clinic: me.clinic_name })}</p>
      <p role="alert">{failure}</p>
      <Button tone="go" size="large" isWide onClick={() => void sayReady()}>
        {i18n.t("Jag är redo")}
      </Button>
    </section>
  );
}
