import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import styles from "./Empty.module.css";

interface Props {
  icon?: LucideIcon;
  heading: string;
  /** What to do about it. */
  children?: ReactNode;
}

/** Nothing here, on purpose: what that means and what to do. */
export function Empty({ icon: Icon, heading, children }: Props) {
  return (
    <div className={styles.empty}>
      {Icon && <Icon className={styles.icon} aria-hidden size={32} />}
      <p className={styles.heading}>{heading}</p>
      {children}
    </div>
  );
}
