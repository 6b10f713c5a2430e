import mark from "./mark.svg";
import styles from "./Wordmark.module.css";

export function Wordmark() {
  return (
    <span className={styles.wordmark}>
      <img src={mark} alt="" width={24} height={24} />
      Närvaro
    </span>
  );
}
