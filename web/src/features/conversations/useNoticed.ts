import { type RefObject, useEffect } from "react";
import type { InboxItem } from "../../api/wire";
import { usePath } from "../../lib/router";
import { useSession } from "../session/context";

/** Tells the server, and so the patients, once it has really been shown here that they wait. */
export function useNoticed(waiting: readonly InboxItem[], box: RefObject<HTMLElement | null>): void {
  const { socket } = useSession();
  const path = usePath();
  const ids = waiting
    .filter((item) => !item.is_noticed)
    .map((item) => item.id)
    .join(" ");
  useEffect(() => {
    if (!ids) return;
    const tell = () => {
      const isShown = document.visibilityState === "visible" && box.current !== null && box.current.getClientRects().length > 0;
      if (isShown) socket.send({ type: "noticed", conversation_ids: ids.split(" ") });
    };
    tell();
    const stop = socket.status.watch(tell);
    document.addEventListener("visibilitychange", tell);
    addEventListener("resize", tell);
    return () => {
      stop();
      document.removeEventListener("visibilitychange", tell);
      removeEventListener("resize", tell);
    };
  }, [ids, socket, box, path]);
}
