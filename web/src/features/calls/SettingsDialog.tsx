import { useEffect, useState } from "react";
import { i18n } from "../../lib/i18n";
import { useStore } from "../../lib/store";
import { Dialog } from "../../ui/Dialog";
import { canChooseSpeaker, chosenDevice, type ChosenDevice, type DeviceLists, listDevices } from "../media/devices";
import { meterLevel } from "../media/level";
import type { MediaSession } from "../media/MediaSession";
import { ownPicture } from "../media/people";
import { PictureView } from "./PictureView";
import styles from "./SettingsDialog.module.css";
import { useShortcutsOn } from "./shortcuts";

const NONE: DeviceLists = { camera: [], microphone: [], speaker: [] };

/** *Inställningar*: which camera, microphone and speaker; seen and heard at once, remembered in this browser. */
export function SettingsDialog({ media, onClose }: { media: MediaSession; onClose: () => void }) {
  const { camera, microphone } = useStore(media.devices.state);
  const lists = useDeviceLists();
  const [hasShortcuts, setShortcuts] = useShortcutsOn();
  const picture = camera.isOn ? ownPicture(camera.track) : null;
  const inUse = (device: "camera" | "microphone") => media.devices.state.get()[device].track?.getSettings().deviceId;
  return (
    <Dialog heading={i18n.t("Inställningar")} onClose={onClose} isOnStage>
      <div className={styles.preview}>{picture ? <PictureView key={picture.key} picture={picture} isMirrored /> : <p>{i18n.t("Kameran är av.")}</p>}</div>
      <DeviceSelect label={i18n.t("Kamera")} device="camera" devices={lists.camera} inUse={inUse("camera")} onChoose={(id) => void media.devices.choose("camera", id)} />
      <DeviceSelect label={i18n.t("Mikrofon")} device="microphone" devices={lists.microphone} inUse={inUse("microphone")} onChoose={(id) => void media.devices.choose("microphone", id)} />
      {microphone.isOn && microphone.track ? <Level key={microphone.track.id} track={microphone.track} /> : <p className={styles.soft}>{i18n.t("Mikrofonen är av.")}</p>}
      {canChooseSpeaker() && <DeviceSelect label={i18n.t("Högtalare")} device="speaker" devices={lists.speaker} onChoose={(id) => void media.chooseSpeaker(id)} />}
      <label className={styles.shortcuts}>
        <input type="checkbox" checked={hasShortcuts} onChange={(event) => setShortcuts(event.target.checked)} />
        {i18n.t("Kortkommandon")}
      </label>
      <p className={styles.soft}>{i18n.t("Ctrl/⌘+D: mikrofonen av och på. Ctrl/⌘+E: kameran av och på.")}</p>
    </Dialog>
  );
}

interface SelectProps {
  label: string;
  device: ChosenDevice;
  devices: MediaDeviceInfo[];
  inUse?: string;
  onChoose: (id: string) => void;
}

function DeviceSelect({ label, device, devices, inUse, onChoose }: SelectProps) {
  const [chosen, setChosen] = useState(chosenDevice(device));
  const value = [chosen, inUse].find((id) => devices.some((one) => one.deviceId === id)) ?? devices[0]?.deviceId ?? "";
  return (
    <label className={styles.field}>
      <span>{label}</span>
      <select
        value={value}
        disabled={devices.length === 0}
        onChange={(event) => {
          setChosen(event.target.value);
          onChoose(event.target.value);
        }}
      >
        {devices.length === 0 && <option value="">{i18n.t("Ingen hittades")}</option>}
        {devices.map((one, index) => (
          <option key={one.deviceId} value={one.deviceId}>
            {one.label || `${label} ${index + 1}`}
          </option>
        ))}
      </select>
    </label>
  );
}

/** How loud the microphone hears now. */
function Level({ track }: { track: MediaStreamTrack }) {
  const [level, setLevel] = useState(0);
  useEffect(() => meterLevel(track, setLevel), [track]);
  return (
    <label className={styles.field}>
      <span>{i18n.t("Ljudnivå")}</span>
      <meter min={0} max={1} value={level} />
    </label>
  );
}

function useDeviceLists(): DeviceLists {
  const [lists, setLists] = useState(NONE);
  useEffect(() => {
    const load = () => void listDevices().then(setLists, () => setLists(NONE));
    load();
    navigator.mediaDevices?.addEventListener("devicechange", load);
    return () => navigator.mediaDevices?.removeEventListener("devicechange", load);
  }, []);
  return lists;
}
