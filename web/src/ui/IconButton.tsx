import type { LucideIcon } from "lucide-react";
import type { ComponentProps } from "react";
import styles from "./IconButton.module.css";

type Props = Omit<ComponentProps<"button">, "children" | "aria-label"> & { icon: LucideIcon; words: string };

/** A picture alone, 44 px, for what everybody knows (close, back). Not for controls of the call. */
export function IconButton({ icon: Icon, words, className, ...rest }: Props) {
  return (
    <button type="button" className={[styles.button, className].filter(Boolean).join(" ")} aria-label={words} title={words} {...rest}>
      <Icon aria-hidden size={22} />
    </button>
  );
}
