import { X } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import { i18n } from "../../lib/i18n";
import { IconButton } from "../../ui/IconButton";
import styles from "./CallScreen.module.css";

/** Beside the pictures, or over them on a phone; the controls stay reachable. */
export function CallPanel({ heading, onClose, foot, children }: { heading: string; onClose: () => void; foot?: ReactNode; children: ReactNode }) {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    title.current?.focus();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <aside className={styles.panel} aria-label={heading} onKeyDown={(event) => event.key === "Escape" && onClose()}>
      <header className={styles.panelHeader}>
        <h2 ref={title} tabIndex={-1}>
          {heading}
        </h2>
        <IconButton icon={X} words={i18n.t("Stäng panelen")} onClick={onClose} />
      </header>
      {children}
      {foot}
    </aside>
  );
}
