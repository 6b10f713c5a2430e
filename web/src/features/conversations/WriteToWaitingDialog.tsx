import { SendHorizontal } from "lucide-react";
import { type FormEvent, useId, useState } from "react";
import { problemText } from "../../api/problems";
import type { InboxItem, MessagesPosted } from "../../api/wire";
import { i18n } from "../../lib/i18n";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { useSession } from "../session/context";
import styles from "./WriteToWaitingDialog.module.css";

interface Props {
  waiting: readonly InboxItem[];
  onClose: () => void;
}

/** One message to each of those who wait when it is sent. */
export function WriteToWaitingDialog({ waiting, onClose }: Props) {
  const { api } = useSession();
  const [text, setText] = useState("");
  /** Of this text: sending it again posts nothing twice. */
  const [messageId, setMessageId] = useState(() => crypto.randomUUID());
  const [isSending, setSending] = useState(false);
  const [sentTo, setSentTo] = useState<number | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const field = useId();

  function write(next: string): void {
    setText(next);
    setMessageId(crypto.randomUUID());
  }

  async function send(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (isSending || text.trim() === "" || waiting.length === 0) return;
    setSending(true);
    setFailure(null);
    try {
      const body = { id: messageId, text, conversation_ids: waiting.map((item) => item.id) };
      setSentTo((await api.post<MessagesPosted>("/waiting/messages", body)).count);
    } catch (error) {
      setFailure(problemText(error));
    }
    setSending(false);
  }

  return (
    <Dialog heading={i18n.t("Skriv till alla som väntar")} onClose={onClose}>
      {sentTo === null ? (
        <form className={styles.form} onSubmit={(event) => void send(event)}>
          <p>{i18n.t("Alla får samma meddelande, var och en i sitt ärende. De ser inte varandra.")}</p>
          <div className={styles.suggestions}>
            {suggestions().map((words) => (
              <Button key={words} onClick={() => write(words)}>
                {words}
              </Button>
            ))}
          </div>
          <label htmlFor={field}>{i18n.t("Meddelande till alla som väntar")}</label>
          <textarea id={field} className={styles.text} rows={3} maxLength={4_000} value={text} onChange={(event) => write(event.target.value)} />
          <p className={styles.failure} role="alert">
            {failure}
          </p>
          <Button type="submit" tone="primary" icon={SendHorizontal} isWide disabled={isSending || text.trim() === "" || waiting.length === 0}>
            {sendWords(waiting.length)}
          </Button>
        </form>
      ) : (
        <>
          <p role="status">{sentWords(sentTo)}</p>
          <Button tone="primary" isWide onClick={onClose}>
            {i18n.t("Klart")}
          </Button>
        </>
      )}
    </Dialog>
  );
}

function suggestions(): string[] {
  return [i18n.t("Vi är 10 minuter sena."), i18n.t("Vi är 20 minuter sena."), i18n.t("Det är snart din tur.")];
}

function sendWords(count: number): string {
  if (count === 0) return i18n.t("Ingen väntar längre");
  return i18n.t("Skicka till {count} som väntar", { count });
}

function sentWords(count: number): string {
  if (count === 0) return i18n.t("Ingen väntade längre. Inget skickades.");
  return i18n.t("Skickat till {count} som väntar.", { count });
}
