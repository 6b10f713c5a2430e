import { lazy, Suspense } from "react";
import { i18n } from "../../lib/i18n";
import { Button } from "../../ui/Button";
import type { LocalDevices } from "../media/LocalDevices";
import styles from "./GuestPage.module.css";
import type { GuestVisit } from "./GuestVisit";

const Preview = lazy(async () => ({ default: (await import("./Preview")).Preview }));

/** Camera and microphone are asked for after a tap, never before (and their code with them). */
export function TryOut({ visit, devices }: { visit: GuestVisit; devices: LocalDevices | null }) {
  if (devices) {
    return (
      <Suspense fallback={<div className={styles.preview} />}>
        <Preview devices={devices} />
      </Suspense>
    );
  }
  return (
    <div className={styles.preview}>
      <p>{i18n.t("Se hur du syns innan du går med.")}</p>
      <Button onClick={() => void visit.tryOut()}>{i18n.t("Prova kamera och mikrofon")}</Button>
    </div>
  );
}
