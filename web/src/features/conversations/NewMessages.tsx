import { useState } from "react";
import type { Entry } from "../../api/wire";
import { i18n } from "../../lib/i18n";
import { useSession } from "../session/session";
import { factText } from "./words";

/** Reads out what the other side writes and what calls do, from now on; never older pages. */
export function NewMessages({ entries }: { entries: readonly Entry[] }) {
  const { me } = useSession();
  const last = entries.at(-1);
  const [since] = useState(last?.seq ?? 0);
  const isNews = last !== undefined && last.seq > since && last.author_id !== me.id;
  return (
    <p className="hidden-words" role="status">
      {isNews && newsText(last, me.kind)}
    </p>
  );
}

function newsText(entry: Entry, reader: "staff" | "patient"): string {
  if (entry.kind === "message") return `${entry.author_name}: ${entry.text}`;
  if (entry.kind === "ready") return `${entry.author_name}: ${i18n.t("Jag är redo")}`;
  return factText(entry, reader);
}
