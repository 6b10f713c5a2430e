import styles from "./Wordmark.module.css";

export function Wordmark() {
  return (
    <span className={styles.wordmark}>
      <svg aria-hidden width={24} height={24} viewBox="0 0 32 32" fill="none" stroke="currentColor" strokeWidth={5} strokeLinecap="round">
        <path d="M24 8.5a11 11 0 1 0 0 15" />
        <circle cx={19} cy={16} r={2.6} fill="currentColor" stroke="none" />
      </svg>
      <span>Närvaro</span>
    </span>
  );
}
