import { playNotes, type Voice } from "../../lib/sound";
import { createStore, type Readable } from "../../lib/store";
import { readStored, writeStored } from "../../lib/stored";

const KEY = "narvaro.ring-tone";
/** A rising third, twice. */
const NOTES = [
  [587.3, 0, 0.32],
  [740, 0.2, 0.42],
  [587.3, 0.75, 0.32],
  [740, 0.95, 0.5],
] as const;
const VOICE: Voice = { type: "triangle", loudness: 0.35, swell: 0.03 };
const PERIOD_MS = 2_600;
const SHAKE_MS = [420, 180, 420];

/** The patient's ring tone, made here. Browsers keep a page silent until it is touched, hence `unlock`. */
export interface Tone {
  /** May this page make sounds now? */
  readonly isUnlocked: Readable<boolean>;
  /** The person wants the tone in this browser; call it in a touch. */
  unlock(): Promise<void>;
  play(): void;
  stop(): void;
}

export function createTone(): Tone {
  const isUnlocked = createStore(false);
  let context: AudioContext | undefined;
  let timer: ReturnType<typeof setInterval> | undefined;

  async function open(): Promise<void> {
    context ??= new AudioContext();
    await context.resume();
    isUnlocked.set(context.state === "running");
    context.onstatechange = () => isUnlocked.set(context?.state === "running");
  }

  function strike(): void {
    if (context?.state === "running") playNotes(context, NOTES, VOICE);
    if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(SHAKE_MS);
  }

  function openOnTouch(): void {
    void open();
  }

  if (readStored(KEY) === "on") {
    for (const touch of ["pointerdown", "keydown"]) addEventListener(touch, openOnTouch, { once: true, capture: true });
    if (navigator.userActivation?.hasBeenActive) void open();
  }

  return {
    isUnlocked,
    async unlock() {
      writeStored(KEY, "on");
      await open();
    },
    play() {
      if (timer) return;
      strike();
      timer = setInterval(strike, PERIOD_MS);
    },
    stop() {
      clearInterval(timer);
      timer = undefined;
      if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(0);
    },
  };
}
