import { useEffect } from "react";
import type { ConversationOpened } from "../../api/wire";
import { useStore } from "../../lib/store";
import { useConversations } from "../conversations/provider";
import { useSession } from "../session/context";
import type { PatientCalls } from "./PatientCalls";

/** A call that is under way without this page (left on another device, or the page was closed): offer the way back. */
export function useOpenCall(calls: PatientCalls): void {
  const { api } = useSession();
  const { inbox } = useConversations();
  const withCall = useStore(inbox.state).items.find((item) => item.has_open_call)?.id;
  useEffect(() => {
    if (!withCall) return;
    let isOver = false;
    void api.get<ConversationOpened>(`/conversations/${withCall}`).then(
      ({ conversation: { call, id } }) => !isOver && call?.status === "active" && calls.offer(call.id, id),
      () => undefined,
    );
    return () => {
      isOver = true;
    };
  }, [api, calls, withCall]);
}
