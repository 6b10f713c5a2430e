import { ChevronDown } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import styles from "./Menu.module.css";

interface Props {
  /** The words on the button. */
  label: ReactNode;
  children: ReactNode;
}

const ITEMS = '[role^="menuitem"]:not(:disabled)';
const STEPS: Record<string, (at: number, count: number) => number> = {
  ArrowDown: (at, count) => (at + 1) % count,
  ArrowUp: (at, count) => (at - 1 + count) % count,
  Home: () => 0,
  End: (_at, count) => count - 1,
};

/** A button that opens a menu: arrows, Home, End and Escape as in the ARIA practices; closed by a click outside. */
export function Menu({ label, children }: Props) {
  const [isOpen, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const id = useId();

  useEffect(() => {
    if (!isOpen) return;
    root.current?.querySelector<HTMLElement>(ITEMS)?.focus();
    const onOutside = (event: Event) => !root.current?.contains(event.target as Node) && setOpen(false);
    document.addEventListener("pointerdown", onOutside);
    document.addEventListener("focusin", onOutside);
    return () => {
      document.removeEventListener("pointerdown", onOutside);
      document.removeEventListener("focusin", onOutside);
    };
  }, [isOpen]);

  function close(): void {
    setOpen(false);
    opener.current?.focus();
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === "Escape") close();
    const step = STEPS[event.key];
    const items = [...(root.current?.querySelectorAll<HTMLElement>(ITEMS) ?? [])];
    if (!step || items.length === 0) return;
    event.preventDefault();
    items[step(items.indexOf(document.activeElement as HTMLElement), items.length)]?.focus();
  }

  return (
    <div ref={root} className={styles.menu}>
      <button ref={opener} type="button" className={styles.opener} aria-haspopup="menu" aria-expanded={isOpen} aria-controls={id} onClick={() => setOpen(!isOpen)}>
        <span className={styles.label}>{label}</span>
        <ChevronDown aria-hidden size={16} />
      </button>
      {isOpen && (
        <div id={id} role="menu" className={styles.list} onKeyDown={onKeyDown} onClick={close}>
          {children}
        </div>
      )}
    </div>
  );
}

/** One thing to do. */
export function MenuItem({ onChoose, children }: { onChoose: () => void; children: ReactNode }) {
  return (
    <button type="button" role="menuitem" tabIndex={-1} className={styles.item} onClick={onChoose}>
      {children}
    </button>
  );
}

/** One of several that exclude each other. `lang`: the language of its words, when it is not the page's. */
export function MenuChoice({ isChosen, onChoose, lang, children }: { isChosen: boolean; onChoose: () => void; lang?: string; children: ReactNode }) {
  return (
    <button type="button" role="menuitemradio" aria-checked={isChosen} tabIndex={-1} lang={lang} className={styles.item} onClick={onChoose}>
      {children}
    </button>
  );
}
