import { useCallback, useState } from "react";
import { query } from "../../api/client";
import type { InboxPage } from "../../api/wire";
import { i18n } from "../../lib/i18n";
import { Empty } from "../../ui/Empty";
import { Waiting } from "../../ui/Waiting";
import { useSession } from "../session/context";
import { ConversationRows, MoreConversations } from "./ConversationList";
import { type InboxState, without } from "./inbox";
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
  return <Pages key={text.trim()} first={found.result} text={text} hrefOf={hrefOf} currentId={currentId} />;
}

function Pages({ first, text, hrefOf, currentId }: Props & { first: InboxPage }) {
  const { api } = useSession();
  const [{ items, next }, setPages] = useState(first);
  const [more, setMore] = useState<InboxState["more"]>("idle");

  async function load(before: string): Promise<void> {
    setMore("loading");
    try {
      const page = await api.get<InboxPage>(`/conversations${query({ search: text.trim(), before })}`);
      setPages((old) => ({ ...page, items: [...old.items, ...without(page.items, old.items)] }));
      setMore("idle");
    } catch {
      setMore("failed");
    }
  }

  return (
    <>
      <ConversationRows items={items} hrefOf={hrefOf} currentId={currentId} />
      {next && <MoreConversations more={more} onPress={() => void load(next)} />}
    </>
  );
}
