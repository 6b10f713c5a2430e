import { playOnce, type Voice } from "../../lib/sound";
import { createStore, type Readable } from "../../lib/store";
import { readStored, writeStored } from "../../lib/stored";

const KEY = "narvaro.ready-sound";
/** A soft fourth, upwards. */
const NOTES = [
  [523.3, 0, 0.25],
  [698.5, 0.16, 0.5],
] as const;
const VOICE: Voice = { type: "sine", loudness: 0.15, swell: 0.04 };

const isOn = createStore(readStored(KEY) === "on");

/** Does this browser sound when somebody is ready? Remembered; off until somebody wishes it. */
export const isReadySoundOn: Readable<boolean> = isOn;

/** Switched on in a press, it lets itself be heard at once. */
export function switchReadySound(): void {
  isOn.set(!isOn.get());
  writeStored(KEY, isOn.get() ? "on" : null);
  playReady();
}

export function playReady(): void {
  if (isOn.get()) playOnce(NOTES, VOICE);
}
