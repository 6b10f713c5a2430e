import { PhoneMissed, Users, Video } from "lucide-react";
import { memo } from "react";
import type { Entry, Me } from "../../api/wire";
import { i18n, useLocale } from "../../lib/i18n";
import { clock } from "../../lib/time";
import { Button } from "../../ui/Button";
import { AudienceLabel } from "./Audience";
import styles from "./EntryRow.module.css";
import { partsOf } from "./links";
import type { OutboxItem } from "./outbox";
import { factText } from "./words";

interface Props {
  entry: Entry;
  me: Me;
  /** Somebody on the other side has read it. */
  isRead: boolean;
  /** Beside the pictures, where guests may read along: each message says whom it is for. */
  isInCall?: boolean;
}

export const EntryRow = memo(function EntryRow({ entry, me, isRead, isInCall = false }: Props) {
  useLocale();
  if (entry.kind !== "message" && entry.kind !== "ready") return <CallRow entry={entry} me={me} />;
  const isMine = entry.author_id === me.id;
  const isOurs = isMine || (entry.author_kind === me.kind && me.kind !== "guest");
  const isNameShown = !isMine && (isOurs || me.kind !== "staff" || entry.audience === "call");
  return (
    <li className={styles.message} data-ours={isOurs || undefined} data-audience={entry.audience}>
      {(isInCall || entry.audience === "call") && <AudienceLabel audience={entry.audience} author={entry.author_kind} />}
      <p className={isNameShown ? styles.author : "hidden-words"}>{isMine ? i18n.t("Du") : authorWords(entry)}</p>
      <MessageText text={entry.kind === "ready" ? i18n.t("Jag är redo") : (entry.text ?? "")} />
      <p className={styles.facts}>
        <time dateTime={entry.at}>{clock(entry.at)}</time>
        {isOurs && ` · ${isRead ? i18n.t("läst") : i18n.t("skickat")}`}
      </p>
    </li>
  );
});

/** A guest is not known to the clinic, and nobody may forget it (B9). */
function authorWords({ author_kind, author_name }: Entry): string {
  return author_kind === "guest" ? `${author_name} · ${i18n.t("gäst, ej legitimerad")}` : author_name;
}

function CallRow({ entry, me }: Pick<Props, "entry" | "me">) {
  const isMissed = entry.kind === "ring_missed" || entry.kind === "ring_declined";
  const Icon = isMissed ? PhoneMissed : entry.kind.startsWith("guest_") ? Users : Video;
  const people = entry.call?.participants ?? [];
  return (
    <li className={styles.fact} data-missed={isMissed || undefined}>
      <Icon aria-hidden size={16} />
      <p>
        <span>{factText(entry, me.kind)}</span>
        {people.length > 0 && <span className={styles.people}>{` · ${people.join(", ")}`}</span>}
      </p>
    </li>
  );
}

/** A message the server has not acknowledged yet. */
export function UnsentRow({ item, me, isInCall, onRetry, onDiscard }: { item: OutboxItem; me: Me; isInCall: boolean; onRetry: () => void; onDiscard: () => void }) {
  const audience = item.callId ? "call" : "patient";
  const isStuck = item.state === "failed" || item.state === "waiting";
  return (
    <li className={styles.message} data-ours data-failed={isStuck || undefined} data-audience={audience}>
      {(isInCall || audience === "call") && <AudienceLabel audience={audience} author={me.kind} />}
      <p className="hidden-words">{i18n.t("Du")}</p>
      <MessageText text={item.text} />
      <p className={styles.facts} role="status">
        <time dateTime={item.madeAt}>{clock(item.madeAt)}</time>
        {` · ${unsentText(item)}`}
      </p>
      {isStuck && (
        <div className={styles.choices}>
          <Button onClick={onRetry}>{i18n.t("Försök igen")}</Button>
          {item.state === "failed" && (
            <Button tone="quiet" onClick={onDiscard}>
              {i18n.t("Ta bort")}
            </Button>
          )}
        </div>
      )}
    </li>
  );
}

function unsentText(item: OutboxItem): string {
  if (item.state === "stored") return i18n.t("skickat");
  if (item.state === "failed") return i18n.t("skickades inte");
  if (item.state === "waiting") return i18n.t("inte skickat än, väntar på anslutning");
  return i18n.t("skickas …");
}

function MessageText({ text }: { text: string }) {
  return (
    <p className={styles.text}>
      {partsOf(text).map((part, index) =>
        typeof part === "string" ? (
          part
        ) : (
          <a key={index} href={part.href} target="_blank" rel="noopener noreferrer">
            {part.href}
          </a>
        ),
      )}
    </p>
  );
}
