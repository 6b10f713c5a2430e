import { playNotes, type Voice } from "../../lib/sound";

/** Two soft knocks and a small fall. */
const NOTES = [
  [784, 0, 0.14],
  [784, 0.18, 0.14],
  [587.3, 0.36, 0.4],
] as const;
const VOICE: Voice = { type: "sine", loudness: 0.25, swell: 0.015 };

/** Somebody knocks. Quiet where the browser does not let the page make sounds yet; a banner says the same. */
export function playKnock(): void {
  try {
    const context = new AudioContext();
    playNotes(context, NOTES, VOICE);
    setTimeout(() => void context.close(), 1_500);
  } catch {
    return;
  }
}
