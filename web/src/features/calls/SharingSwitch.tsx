import { useState } from "react";
import { problemText } from "../../api/problems";
import type { CallSnapshot } from "../../api/wire";
import { i18n } from "../../lib/i18n";
import styles from "./CallScreen.module.css";
import type { OngoingCall } from "./OngoingCall";

/** *Låt andra dela skärm*; off at first. */
export function SharingSwitch({ ongoing, call }: { ongoing: OngoingCall; call: CallSnapshot }) {
  const [failure, setFailure] = useState<string | null>(null);
  const change = (isAllowed: boolean) => void ongoing.letOthersShare(isAllowed).then(() => setFailure(null), (error: unknown) => setFailure(problemText(error)));
  return (
    <div>
      <label className={styles.switch}>
        <input type="checkbox" role="switch" checked={call.may_others_share} onChange={(event) => change(event.target.checked)} />
        {i18n.t("Låt andra dela skärm")}
      </label>
      {failure && <p role="alert">{failure}</p>}
    </div>
  );
}
