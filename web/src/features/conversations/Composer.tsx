import { SendHorizontal } from "lucide-react";
import { type FormEvent, type KeyboardEvent, type ReactNode, useId, useRef, useState } from "react";
import type { Audience } from "../../api/wire";
import { i18n } from "../../lib/i18n";
import { personalKey, readStored, writeStored } from "../../lib/stored";
import { Button } from "../../ui/Button";
import { useSession } from "../session/context";
import styles from "./Composer.module.css";

interface Props {
  conversationId: string;
  /** Whom it is for, where that can differ: the box looks it, and `children` say it above. */
  audience?: Audience;
  children?: ReactNode;
  onSend: (text: string) => void;
  onType: () => void;
}

const MOST = 4_000;
const COUNT_FROM = 3_600;

/** The message box. Its draft survives a reload. Enter sends where there is a keyboard, Shift+Enter makes a new line. */
export function Composer({ conversationId, audience, children, onSend, onType }: Props) {
  const { me } = useSession();
  const key = personalKey(me.kind, me.id, "draft", conversationId);
  const [text, setText] = useState(() => readStored(key) ?? "");
  const box = useRef<HTMLTextAreaElement>(null);
  const id = useId();
  const length = [...text].length;
  const isTooLong = length > MOST;

  function write(next: string): void {
    setText(next);
    writeStored(key, next);
  }

  function send(event?: FormEvent): void {
    event?.preventDefault();
    box.current?.focus();
    if (text.trim() === "" || isTooLong) return;
    onSend(text.trim());
    write("");
  }

  function onKeyDown(event: KeyboardEvent): void {
    const isPlainEnter = event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing;
    if (!isPlainEnter || !matchMedia("(pointer: fine)").matches) return;
    event.preventDefault();
    send();
  }

  return (
    <form className={styles.composer} data-audience={audience} onSubmit={send}>
      {children}
      <div className={styles.box}>
        <label htmlFor={id} className="hidden-words">
          {i18n.t("Skriv ett meddelande")}
        </label>
        <textarea
          ref={box}
          id={id}
          className={styles.text}
          rows={Math.min(6, text.split("\n").length)}
          value={text}
          placeholder={i18n.t("Skriv ett meddelande")}
          aria-invalid={isTooLong || undefined}
          aria-describedby={`${id}-count`}
          onKeyDown={onKeyDown}
          onChange={(event) => {
            write(event.target.value);
            onType();
          }}
        />
        <Button type="submit" tone="primary" className={styles.send} icon={SendHorizontal}>
          {i18n.t("Skicka meddelande")}
        </Button>
      </div>
      <p id={`${id}-count`} className={styles.count} data-over={isTooLong || undefined} role="status">
        {length > COUNT_FROM && countText(length)}
      </p>
    </form>
  );
}

function countText(length: number): string {
  if (length <= MOST) return i18n.t("{count, plural, one {# tecken kvar} other {# tecken kvar}}", { count: MOST - length });
  return i18n.t("{count, plural, one {# tecken för mycket. Korta texten.} other {# tecken för mycket. Korta texten.}}", { count: length - MOST });
}
