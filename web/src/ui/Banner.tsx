import { Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import styles from "./Banner.module.css";

interface Props {
  tone?: "calm" | "warn" | "stop";
  children: ReactNode;
  /** What to do about it: one button. */
  action?: ReactNode;
}

/** A sentence that concerns the whole page. Mount it inside a live region (`LiveRegion`) to have it read out. */
export function Banner({ tone = "calm", children, action }: Props) {
  const Icon = tone === "calm" ? Info : TriangleAlert;
  return (
    <div className={styles.banner} data-tone={tone}>
      <Icon aria-hidden size={18} />
      <p>{children}</p>
      {action}
    </div>
  );
}

/** Always mounted, so that what appears in it is read out. `isUrgent` interrupts. */
export function LiveRegion({ children, isUrgent = false }: { children?: ReactNode; isUrgent?: boolean }) {
  return <div role={isUrgent ? "alert" : "status"}>{children}</div>;
}
