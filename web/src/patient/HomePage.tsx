import { SquarePen } from "lucide-react";
import { useState } from "react";
import { problemText } from "../api/problems";
import type { ConversationRef } from "../api/wire";
import { ConversationList } from "../features/conversations/ConversationList";
import { AccountMenu } from "../features/session/AccountMenu";
import { useSession } from "../features/session/context";
import { i18n } from "../lib/i18n";
import { navigate } from "../lib/router";
import { Banner, LiveRegion } from "../ui/Banner";
import { Button } from "../ui/Button";
import { MenuItem } from "../ui/Menu";
import { Wordmark } from "../ui/Wordmark";
import { HomeHints, ReadyPrompt } from "./parts";
import styles from "./HomePage.module.css";

/** The patient's conversations, or the way to the first one. */
export function HomePage({ home }: { home: string }) {
  const hrefOf = (id: string) => `${home}conversations/${id}`;
  return (
    <div className={styles.home}>
      <header className={styles.header}>
        <Wordmark />
        <AccountMenu>
          <MenuItem onChoose={() => navigate(`${home}settings`)}>{i18n.t("Inställningar")}</MenuItem>
        </AccountMenu>
      </header>
      {location.search.includes("redo=") && <ReadyPrompt hrefOf={hrefOf} />}
      <h1>{i18n.t("Dina ärenden")}</h1>
      <nav aria-label={i18n.t("Ärenden")}>
        <ConversationList hrefOf={hrefOf} currentId={null} empty={<WriteButton hrefOf={hrefOf} />} />
      </nav>
      <HomeHints home={home} />
    </div>
  );
}

function WriteButton({ hrefOf }: { hrefOf: (id: string) => string }) {
  const { api, me } = useSession();
  const [failure, setFailure] = useState<string | null>(null);

  async function begin(): Promise<void> {
    try {
      navigate(hrefOf((await api.post<ConversationRef>("/conversations", {})).id));
    } catch (error) {
      setFailure(problemText(error));
    }
  }

  return (
    <>
      <LiveRegion isUrgent>{failure && <Banner tone="stop">{failure}</Banner>}</LiveRegion>
      <Button tone="primary" icon={SquarePen} onClick={() => void begin()}>
        {i18n.t("Skriv till {clinic}", { clinic: me.clinic_name })}
      </Button>
    </>
  );
}
