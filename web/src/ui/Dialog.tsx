import { X } from "lucide-react";
import { type ReactNode, useEffect, useId, useRef } from "react";
import { i18n } from "../lib/i18n";
import { IconButton } from "./IconButton";
import styles from "./Dialog.module.css";

interface Props {
  heading: string;
  onClose: () => void;
  children: ReactNode;
  /** Dark, as everything in the call. */
  isOnStage?: boolean;
}

/** A modal dialog while it is mounted: native focus trap and Escape; focus returns to where it was. */
export function Dialog({ heading, onClose, children, isOnStage = false }: Props) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = ref.current;
    const before = document.activeElement;
    dialog?.showModal();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={ref}
      className={styles.dialog}
      data-stage={isOnStage || undefined}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => event.target === ref.current && onClose()}
    >
      <div className={styles.inside}>
        <header className={styles.header}>
          <h2 id={id}>{heading}</h2>
          <IconButton icon={X} words={i18n.t("Stäng")} onClick={onClose} />
        </header>
        {children}
      </div>
    </dialog>
  );
}
