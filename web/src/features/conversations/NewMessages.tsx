import { useState } from "react";
import type { Entry } from "../../api/wire";
import { i18n } from "../../lib/i18n";
import { useSession } from "../session/context";

/** Tells by ear that something has come, from now on; never for older pages. What it says is read in the log. */
export function NewMessages({ entries }: { entries: readonly Entry[] }) {
  const { me } = useSession();
  const last = entries.at(-1);
  const [since] = useState(last?.seq ?? 0);
  const isNews = last !== undefined && last.seq > since && last.author_id !== me.id;
  return (
    <p className="hidden-words" role="status">
      {isNews && <span key={last.seq}>{newsText(last)}</span>}
    </p>
  );
}

function newsText(entry: Entry): string {
  const isWritten = entry.kind === "message" || entry.kind === "ready";
  return isWritten ? i18n.t("Nytt meddelande från {name}", { name: entry.author_name }) : i18n.t("Ny händelse i ärendet");
}
