import { readStored, writeStored } from "../../lib/stored";
import type { DeviceKind } from "./faults";

export type ChosenDevice = DeviceKind | "speaker";

const key = (device: ChosenDevice) => `narvaro.device.${device}`;

/** The device chosen in this browser; null for the browser's own choice. */
export function chosenDevice(device: ChosenDevice): string | null {
  return readStored(key(device));
}

export function rememberDevice(device: ChosenDevice, id: string): void {
  writeStored(key(device), id);
}

/** A track of the remembered device, or of any other when that one is gone. Raises what `getUserMedia` raises. */
export async function openDevice(kind: DeviceKind): Promise<MediaStreamTrack> {
  const stream = await open(kind, chosenDevice(kind)).catch((error: unknown) => {
    if (error instanceof Error && error.name === "OverconstrainedError") return open(kind, null);
    throw error;
  });
  const track = stream.getTracks()[0];
  if (!track) throw new DOMException("No track was given.", "NotFoundError");
  if (track.kind === "video") track.contentHint = "motion";
  return track;
}

function open(kind: DeviceKind, id: string | null): Promise<MediaStream> {
  return navigator.mediaDevices.getUserMedia(kind === "camera" ? { video: cameraWish(id) } : { audio: microphoneWish(id) });
}

/** The camera's and the microphone's tracks in one question to the person; each alone when the pair fails. */
export async function openBoth(): Promise<Record<DeviceKind, MediaStreamTrack | unknown>> {
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ video: cameraWish(chosenDevice("camera")), audio: microphoneWish(chosenDevice("microphone")) });
    return { camera: stream.getVideoTracks()[0], microphone: stream.getAudioTracks()[0] };
  } catch {
    const [camera, microphone] = await Promise.allSettled([openDevice("camera"), openDevice("microphone")]);
    return { camera: settled(camera), microphone: settled(microphone) };
  }
}

function settled(result: PromiseSettledResult<MediaStreamTrack>): unknown {
  return result.status === "fulfilled" ? result.value : result.reason;
}

/**
 * Until the returned function is called, the browser has at hand what it opens a camera with: Chromium puts that away when nobody
 * has asked for 5 s, and needs 150 ms to fetch it. Asking what there is opens nothing, and needs no leave.
 */
export function keepDevicesAtHand(): () => void {
  const ask = () => void navigator.mediaDevices?.enumerateDevices().catch(() => undefined);
  ask();
  const asking = setInterval(ask, 4_000);
  return () => clearInterval(asking);
}

/** 720p at 30 frames; the camera gives what it can. */
function cameraWish(id: string | null): MediaTrackConstraints {
  return { ...only(id), width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } };
}

function microphoneWish(id: string | null): MediaTrackConstraints {
  return { ...only(id), echoCancellation: true, noiseSuppression: true, autoGainControl: true };
}

/** Chromium gives another camera than the one that is merely `ideal`. */
function only(id: string | null): MediaTrackConstraints {
  return id ? { deviceId: { exact: id } } : {};
}

export interface DeviceLists {
  camera: MediaDeviceInfo[];
  microphone: MediaDeviceInfo[];
  speaker: MediaDeviceInfo[];
}

const LISTED: Record<MediaDeviceKind, ChosenDevice> = { videoinput: "camera", audioinput: "microphone", audiooutput: "speaker" };

/** What can be chosen now. Empty ids, which browsers give before permission, are left out. */
export async function listDevices(): Promise<DeviceLists> {
  const lists: DeviceLists = { camera: [], microphone: [], speaker: [] };
  const all = await (navigator.mediaDevices?.enumerateDevices() ?? Promise.resolve([]));
  for (const device of all) if (device.deviceId) lists[LISTED[device.kind]].push(device);
  return lists;
}

/** Safari and Firefox on phones cannot choose where sound comes out. */
export function canChooseSpeaker(): boolean {
  return "setSinkId" in HTMLMediaElement.prototype;
}
