import { useCallback } from "react";
import { query } from "../../api/client";
import type { InboxPage } from "../../api/wire";
import { i18n } from "../../lib/i18n";
import { Empty } from "../../ui/Empty";
import { Waiting } from "../../ui/Waiting";
import { useSession } from "../session/context";
import { ConversationRows } from "./ConversationList";
import { useSearch } from "../../lib/useSearch";

interface Props {
  text: string;
  hrefOf: (id: string) => string;
  currentId: string | null;
}

/** The conversations whose patient's name begins so. */
export function FoundConversations({ text, hrefOf, currentId }: Props) {
  const { api } = useSession();
  const search = useCallback((wanted: string) => api.get<InboxPage>(`/conversations${query({ search: wanted })}`), [api]);
  const found = useSearch(text, search);
  if (found.status === "failed") return <Empty heading={i18n.t("Sökningen gick inte. Försök igen.")} />;
  if (found.status !== "found") return <Waiting>{i18n.t("Söker …")}</Waiting>;
  if (found.result.items.length === 0) {
    return (
      <Empty heading={i18n.t("Inget ärende hittades")}>
        <p>{i18n.t("Kontrollera stavningen, eller välj Nytt ärende.")}</p>
      </Empty>
    );
  }
  return <ConversationRows items={found.result.items} hrefOf={hrefOf} currentId={currentId} />;
}
