import type { LucideIcon } from "lucide-react";
import type { ComponentProps } from "react";
import styles from "./Controls.module.css";

interface Props extends Omit<ComponentProps<"button">, "children"> {
  icon: LucideIcon;
  /** The whole accessible name. */
  words: string;
  /** Off is shown by the struck icon, inverted fill and the words. */
  isOff?: boolean;
  tone?: "end" | "leave";
  /** A number for the eye; the panel says it in words. */
  badge?: number;
}

export function ControlButton({ icon: Icon, words, isOff = false, tone, badge, ...rest }: Props) {
  return (
    <button type="button" className={styles.control} data-off={isOff || undefined} data-tone={tone} {...rest}>
      <Icon aria-hidden size={20} />
      <span>{words}</span>
      {badge !== undefined && (
        <span className={styles.badge} aria-hidden>
          {badge}
        </span>
      )}
    </button>
  );
}
