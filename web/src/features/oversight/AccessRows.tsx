import type { Access } from "../../api/wire";
import { i18n } from "../../lib/i18n";
import styles from "./AccessRows.module.css";
import { exactly } from "./when";
import { actionWords, whoWords } from "./words";

/** Who did what with whose data, and when. */
export function AccessRows({ items, label }: { items: readonly Access[]; label: string }) {
  return (
    <ol role="list" className={styles.rows} aria-label={label}>
      {items.map((one) => (
        <li key={one.id} className={styles.row}>
          <time dateTime={one.at}>{exactly(one.at)}</time>
          <span className={styles.what}>{actionWords(one.action)}</span>
          <span>{whoWords(one.who, one.kind)}</span>
          <span>{one.patient && i18n.t("Patient: {name}", { name: one.patient })}</span>
        </li>
      ))}
    </ol>
  );
}
