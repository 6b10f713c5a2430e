import { Search } from "lucide-react";
import { useId } from "react";
import styles from "./SearchField.module.css";

/** A search field with a magnifying glass; `label` is its words, also shown inside. */
export function SearchField({ label, text, onText }: { label: string; text: string; onText: (text: string) => void }) {
  const id = useId();
  return (
    <div className={styles.search} role="search">
      <Search className={styles.glass} aria-hidden size={18} />
      <label htmlFor={id} className="hidden-words">
        {label}
      </label>
      <input id={id} type="search" className={styles.input} placeholder={label} autoComplete="off" spellCheck={false} maxLength={100} value={text} onChange={(event) => onText(event.target.value)} />
    </div>
  );
}
