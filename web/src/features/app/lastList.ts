import type { InboxItem, Me } from "../../api/wire";
import type { Readable } from "../../lib/store";
import { readStored, writeStored } from "../../lib/stored";
import type { InboxState } from "../conversations/inbox";
import { isShared, LIST } from "./shared";

/** No longer than a session can live: after that the person has to sign in again anyway. */
const KEPT_FOR_MS = 12 * 60 * 60_000;

/** The list as it was last on the screen, for a page without a network. Erased whenever the session is over. */
export interface LastList {
  personId: string;
  clinic: string;
  zone: string;
  at: string;
  items: InboxItem[];
}

/** Write down the list whenever it changes. On a shared device nothing is written. */
export function keepLastList(me: Me, inbox: Readable<InboxState>, now: () => Date = () => new Date()): () => void {
  if (read()?.personId !== me.id || isShared.get()) writeStored(LIST, null);
  const keep = () => {
    const { status, items } = inbox.get();
    if (status !== "ready" || isShared.get()) return;
    const list: LastList = { personId: me.id, clinic: me.clinic_slug, zone: me.time_zone, at: now().toISOString(), items: items.map(asKept) };
    writeStored(LIST, JSON.stringify(list));
  };
  keep();
  return inbox.watch(keep);
}

/** A call that is open now says nothing of later, nor does a wait. */
function asKept(item: InboxItem): InboxItem {
  return { ...item, presence: null, has_open_call: false, ready_at: null };
}

export function lastList(clinic: string, now = new Date()): LastList | null {
  const list = read();
  return list?.clinic === clinic && now.getTime() - Date.parse(list.at) < KEPT_FOR_MS ? list : null;
}

function read(): LastList | null {
  try {
    return JSON.parse(readStored(LIST) ?? "null") as LastList | null;
  } catch {
    return null;
  }
}
