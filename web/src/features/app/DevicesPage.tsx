import { MonitorSmartphone } from "lucide-react";
import { useEffect, useState } from "react";
import { problemText } from "../../api/problems";
import type { SignedInDevice } from "../../api/wire";
import { i18n } from "../../lib/i18n";
import { useStore } from "../../lib/store";
import { clock, minutesBetween, shortWhen } from "../../lib/time";
import { Banner, LiveRegion } from "../../ui/Banner";
import { Button } from "../../ui/Button";
import { Waiting } from "../../ui/Waiting";
import { useSession } from "../session/context";
import { resume } from "./device";
import { createDevices, deviceWords } from "./devices";
import { Choice } from "./ReachPages";
import styles from "./SettingsPages.module.css";
import { isShared, setShared } from "./shared";

const NOW_WITHIN_MINUTES = 2;

/** Where the patient is signed in, and out with what should not be. */
export function DevicesPage() {
  const { api } = useSession();
  const [list] = useState(() => createDevices(api));
  const { devices, done, failure } = useStore(list.state);
  useEffect(() => void list.load(), [list]);

  return (
    <>
      <LiveRegion isUrgent>
        {failure && (
          <Banner tone="stop" action={<Button onClick={() => void list.load()}>{i18n.t("Försök igen")}</Button>}>
            {failure}
          </Banner>
        )}
      </LiveRegion>
      <p>{i18n.t("Här är du inloggad. Logga ut en enhet som du inte känner igen eller inte längre har.")}</p>
      {devices ? (
        <ul role="list" className={styles.parts}>
          {devices.map((device) => (
            <Device key={device.id} device={device} onSignOut={() => void list.signOut(device)} />
          ))}
        </ul>
      ) : (
        !failure && <Waiting>{i18n.t("Enheter hämtas …")}</Waiting>
      )}
      <LiveRegion>{done && <p>{done}</p>}</LiveRegion>
      <SharedChoice />
    </>
  );
}

function Device({ device, onSignOut }: { device: SignedInDevice; onSignOut: () => void }) {
  const words = deviceWords(device.user_agent);
  return (
    <li className={styles.device}>
      <MonitorSmartphone aria-hidden size={24} />
      <div>
        <h2>{words}</h2>
        <p>{device.is_this ? i18n.t("Den här enheten") : seenText(device)}</p>
      </div>
      {!device.is_this && <Button onClick={onSignOut}>{i18n.t("Logga ut {device}", { device: words })}</Button>}
    </li>
  );
}

function seenText({ seen_at: at }: SignedInDevice, now = new Date()): string {
  if (minutesBetween(at, now.toISOString()) < NOW_WITHIN_MINUTES) return i18n.t("Används nu");
  const when = shortWhen(at, now);
  return i18n.t("Senast använd {at}", { at: when === clock(at) ? when : `${when} ${clock(at)}` });
}

/** What others who hold this device may see of the patient's. A device that push reaches is told at once. */
function SharedChoice() {
  const { api, me } = useSession();
  const [failure, setFailure] = useState<string | null>(null);
  async function choose(is: boolean): Promise<void> {
    setShared(is);
    await resume(api, me).then(() => setFailure(null), (error: unknown) => setFailure(problemText(error)));
  }
  return (
    <>
      <Choice
        words={i18n.t('Visa bara "Inkommande videosamtal"')}
        more={i18n.t("För en enhet som du delar med andra. Den får inget veta om meddelanden, och listan med ärenden sparas inte på den.")}
        is={useStore(isShared)}
        onChange={(is) => void choose(is)}
      />
      <LiveRegion isUrgent>{failure && <Banner tone="stop">{failure}</Banner>}</LiveRegion>
    </>
  );
}
