import { i18n } from "../../lib/i18n";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import styles from "./AccountMenu.module.css";

/** Asked before leaving a call by signing out. */
export function SignOutDialog({ onStay, onLeave }: { onStay: () => void; onLeave: () => void }) {
  return (
    <Dialog heading={i18n.t("Du är med i ett videosamtal")} onClose={onStay}>
      <p>{i18n.t("Om du loggar ut lämnar du samtalet.")}</p>
      <div className={styles.answers}>
        <Button onClick={onLeave}>{i18n.t("Logga ut ändå")}</Button>
        <Button tone="primary" onClick={onStay}>
          {i18n.t("Stanna kvar")}
        </Button>
      </div>
    </Dialog>
  );
}
