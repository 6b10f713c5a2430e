import { useEffect } from "react";
import type { Log } from "./conversation";

/** Mark as read only what is on a visible page with its end in view. */
export function useReadMark(open: Log, isAtEnd: boolean, lastSeq: number): void {
  useEffect(() => {
    const mark = () => {
      if (isAtEnd && document.visibilityState === "visible") open.markRead();
    };
    mark();
    document.addEventListener("visibilitychange", mark);
    addEventListener("online", mark);
    return () => {
      document.removeEventListener("visibilitychange", mark);
      removeEventListener("online", mark);
    };
  }, [open, isAtEnd, lastSeq]);
}
