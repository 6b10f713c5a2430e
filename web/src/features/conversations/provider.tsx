import { createContext, type ReactNode, use, useEffect, useState } from "react";
import { useStore } from "../../lib/store";
import { useSession } from "../session/context";
import { createInbox, type Inbox } from "./inbox";
import { createOutbox, type Outbox } from "./outbox";

interface Conversations {
  readonly inbox: Inbox;
  readonly outbox: Outbox;
}

const ConversationsContext = createContext<Conversations | null>(null);

/** Keeps the list and the unsent messages of the signed-in person for as long as the page lives. */
export function ConversationsProvider({ children }: { children: ReactNode }) {
  const { api, socket, me } = useSession();
  const [kept] = useState(() => ({ inbox: createInbox(api, socket), outbox: createOutbox(api, socket, me.id) }));
  useEffect(() => {
    const stops = [kept.inbox.start(), kept.outbox.start()];
    return () => stops.forEach((stop) => stop());
  }, [kept]);
  return <ConversationsContext value={kept}>{children}</ConversationsContext>;
}

/** How many messages in this conversation the person has not read. */
export function useUnread(conversationId: string): number {
  const { waiting, items } = useStore(useConversations().inbox.state);
  return [...waiting, ...items].find((item) => item.id === conversationId)?.unread ?? 0;
}

export function useConversations(): Conversations {
  const conversations = use(ConversationsContext);
  if (!conversations) throw new Error("useConversations is used outside ConversationsProvider");
  return conversations;
}
