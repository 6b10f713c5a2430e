import { LoaderCircle } from "lucide-react";
import type { ReactNode } from "react";
import styles from "./Waiting.module.css";

/** A spinner with words: never without. */
export function Waiting({ children }: { children: ReactNode }) {
  return (
    <p className={styles.waiting} role="status">
      <LoaderCircle className={styles.wheel} aria-hidden size={20} />
      <span>{children}</span>
    </p>
  );
}
