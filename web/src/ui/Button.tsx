import type { LucideIcon } from "lucide-react";
import type { ComponentProps } from "react";
import styles from "./Button.module.css";

export interface ButtonLook {
  /** `plain` is outlined, `quiet` has no outline; `go` accepts, `stop` ends. */
  tone?: "primary" | "plain" | "quiet" | "go" | "stop";
  /** `large`: 68 px, for a patient's one decision. */
  size?: "normal" | "large";
  icon?: LucideIcon;
  isWide?: boolean;
}

/** Icon beside words; at least 44 px. The words are the whole accessible name. */
export function Button({ tone = "plain", size = "normal", icon: Icon, isWide = false, className, children, ...rest }: ButtonLook & ComponentProps<"button">) {
  return (
    <button type="button" className={buttonClass({ tone, size, isWide }, className)} {...rest}>
      {Icon && <Icon aria-hidden size={size === "large" ? 24 : 18} />}
      <span>{children}</span>
    </button>
  );
}

/** The look of a button, for a link that leads to another page. */
export function buttonClass({ tone = "plain", size = "normal", isWide = false }: ButtonLook, extra?: string): string {
  return [styles.button, styles[tone], styles[size], isWide && styles.wide, extra].filter(Boolean).join(" ");
}
