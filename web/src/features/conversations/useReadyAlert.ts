import { useEffect, useRef, useState } from "react";
import type { InboxItem } from "../../api/wire";
import { i18n } from "../../lib/i18n";
import { useStore } from "../../lib/store";
import { useConversations } from "./provider";
import { playReady } from "./readySound";

/** Sounds, if that is wished, for each patient who gets ready while the page is open. Returns what to read out. */
export function useReadyAlert(): string {
  const { status, waiting } = useStore(useConversations().inbox.state);
  const known = useRef<ReadonlySet<string> | null>(null);
  const [said, setSaid] = useState("");
  useEffect(() => {
    if (status !== "ready") return;
    const before = known.current;
    known.current = new Set(waiting.map(waitOf));
    const fresh = before ? waiting.filter((item) => !before.has(waitOf(item))) : [];
    if (fresh.length === 0) return;
    setSaid(i18n.t("{names} är redo", { names: fresh.map((item) => item.title).join(", ") }));
    playReady();
  }, [status, waiting]);
  return said;
}

function waitOf(item: InboxItem): string {
  return `${item.id} ${item.ready_at ?? ""}`;
}
