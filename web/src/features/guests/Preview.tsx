import { Mic } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { i18n } from "../../lib/i18n";
import { useStore } from "../../lib/store";
import { faultText } from "../media/faults";
import { meterLevel } from "../media/level";
import type { LocalDevices } from "../media/LocalDevices";
import { ownPicture, type Picture } from "../media/people";
import styles from "./GuestPage.module.css";
import { browserAdvice, hasDevices } from "./words";

/** One's own picture and how loud the microphone hears, once they have been asked for. */
export function Preview({ devices }: { devices: LocalDevices }) {
  const { camera, microphone } = useStore(devices.state);
  const picture = camera.isOn ? ownPicture(camera.track) : null;
  const faults = (["camera", "microphone"] as const).flatMap((kind) => {
    const fault = kind === "camera" ? camera.fault : microphone.fault;
    return fault ? [faultText(kind, fault)] : [];
  });
  const isDenied = camera.fault === "denied" || microphone.fault === "denied";
  const advice = browserAdvice(navigator.userAgent, { hasDevices: hasDevices(), isDenied });
  return (
    <>
      <div className={styles.preview}>
        {picture ? <Own key={picture.key} picture={picture} /> : <p>{camera.isStarting ? i18n.t("Kameran startar …") : i18n.t("Kameran är av.")}</p>}
        {microphone.isOn && microphone.track && <Level key={microphone.track.id} track={microphone.track} />}
      </div>
      {advice && <p className={styles.advice} role="alert">{advice}</p>}
      {!advice && faults.map(({ what, step }) => (
        <p key={what} className={styles.fault} role="alert">
          <strong>{what}</strong> {step}
        </p>
      ))}
    </>
  );
}

function Own({ picture }: { picture: Picture }) {
  const ref = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    picture.attach(element);
    return () => picture.detach(element);
  }, [picture]);
  return <video ref={ref} data-testid="own-picture" autoPlay playsInline muted aria-hidden />;
}

function Level({ track }: { track: MediaStreamTrack }) {
  const [level, setLevel] = useState(0);
  useEffect(() => meterLevel(track, setLevel), [track]);
  return (
    <label className={styles.level}>
      <Mic aria-hidden size={16} />
      <span className="hidden-words">{i18n.t("Ljudnivå")}</span>
      <meter min={0} max={1} value={level} />
    </label>
  );
}
