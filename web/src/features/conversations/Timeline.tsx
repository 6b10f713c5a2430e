import { ArrowDown } from "lucide-react";
import { Fragment, useEffect, useMemo, useRef } from "react";
import type { ConversationSnapshot, Entry } from "../../api/wire";
import { i18n } from "../../lib/i18n";
import { useStore } from "../../lib/store";
import { dayOf, longDay } from "../../lib/time";
import { Button } from "../../ui/Button";
import { useSession } from "../session/context";
import type { Log } from "./conversation";
import { EntryRow, UnsentRow } from "./EntryRow";
import { NewMessages } from "./NewMessages";
import type { Outbox } from "./outbox";
import styles from "./Timeline.module.css";
import { useReadMark } from "./useReadMark";
import { useSteadyScroll } from "./useSteadyScroll";

export interface LogProps {
  open: Log;
  outbox: Outbox;
  conversation: Pick<ConversationSnapshot, "id" | "others_read_seq">;
  /** Shown in this call, where every message says whom it is for. */
  callId?: string | null;
}

/** The log, oldest first; it stays still under the reader's eyes while it grows at either end. */
export function Timeline({ open, outbox, conversation, callId = null }: LogProps) {
  const { me } = useSession();
  const { timeline, older, typing } = useStore(open.state);
  const unsent = useStore(outbox.items).filter((item) => item.conversationId === conversation.id);
  const entries = useMemo(() => withoutAnsweredStarts(timeline.entries), [timeline.entries]);
  const first = entries[0]?.seq ?? 0;
  const last = entries.at(-1)?.seq ?? 0;
  const box = useRef<HTMLDivElement>(null);
  const { isAtEnd, onScroll, toEnd } = useSteadyScroll(box, first, unsent.at(-1)?.id ?? null);
  useReadMark(open, isAtEnd, last);

  return (
    <div className={styles.frame}>
      <div ref={box} className={styles.scroll} onScroll={onScroll} role="log" aria-live="off" aria-label={i18n.t("Meddelanden")} tabIndex={0}>
        <div className={styles.entries}>
          {timeline.hasOlder && <OlderButton older={older} onWanted={() => void open.loadOlder()} />}
          {entries.length === 0 && unsent.length === 0 && <p className={styles.nothing}>{i18n.t("Inga meddelanden än. Skriv det första här nedanför.")}</p>}
          <ol role="list" className={styles.list}>
            {entries.map((entry, index) => (
              <Fragment key={entry.seq}>
                {isNewDay(entries[index - 1], entry) && <li className={styles.day}>{longDay(entry.at)}</li>}
                <EntryRow entry={entry} me={me} isRead={entry.seq <= conversation.others_read_seq} isInCall={callId !== null} />
              </Fragment>
            ))}
            {unsent.map((item) => (
              <UnsentRow key={item.id} item={item} me={me} isInCall={callId !== null} onRetry={() => outbox.retry(item.id)} onDiscard={() => outbox.discard(item.id)} />
            ))}
          </ol>
          <p className={styles.typing}>{typing && i18n.t("{name} skriver …", { name: typing })}</p>
        </div>
      </div>
      {!isAtEnd && (
        <Button className={styles.toEnd} icon={ArrowDown} onClick={toEnd}>
          {i18n.t("Till det senaste")}
        </Button>
      )}
      <NewMessages entries={timeline.entries} />
    </div>
  );
}

function OlderButton({ older, onWanted }: { older: "idle" | "loading" | "failed"; onWanted: () => void }) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!ref.current || older !== "idle" || typeof IntersectionObserver === "undefined") return;
    const observer = new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && onWanted(), { root: ref.current.closest('[role="log"]'), rootMargin: "400px" });
    observer.observe(ref.current);
    return () => observer.disconnect();
  });
  return (
    <div ref={ref} className={styles.older}>
      <Button tone="quiet" disabled={older === "loading"} onClick={onWanted}>
        {older === "loading" ? i18n.t("Äldre meddelanden hämtas …") : older === "failed" ? i18n.t("Försök igen") : i18n.t("Visa äldre meddelanden")}
      </Button>
    </div>
  );
}

function isNewDay(before: Entry | undefined, entry: Entry): boolean {
  return !before || dayOf(before.at) !== dayOf(entry.at);
}

/** A call that has ended is one line, not two. */
function withoutAnsweredStarts(entries: readonly Entry[]): readonly Entry[] {
  const ended = new Set(entries.filter((entry) => entry.kind === "call_ended").map((entry) => entry.call?.call_id));
  return entries.filter((entry) => entry.kind !== "call_started" || !ended.has(entry.call?.call_id));
}
