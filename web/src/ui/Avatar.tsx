import styles from "./Avatar.module.css";

interface Props {
  name: string;
  /** Filled with the brand's colour: the chosen one, or the one who calls. */
  isStrong?: boolean;
  /** A dot for somebody who is in the app now; words beside it must say the same. */
  isPresent?: boolean;
}

/** Initials. Decoration: the name always stands beside it as text. */
export function Avatar({ name, isStrong = false, isPresent = false }: Props) {
  return (
    <span className={styles.avatar} data-strong={isStrong || undefined} data-present={isPresent || undefined} aria-hidden>
      {initials(name)}
    </span>
  );
}

/** First letters of the first and the last name: `Sofia Gunnarsson` → `SG`. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u);
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => Array.from(word ?? "")[0] ?? "");
  return letters.join("").toLocaleUpperCase("sv");
}
