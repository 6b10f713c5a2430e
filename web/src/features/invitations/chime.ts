import { playOnce, type Voice } from "../../lib/sound";

/** Two soft knocks and a small fall. */
const NOTES = [
  [784, 0, 0.14],
  [784, 0.18, 0.14],
  [587.3, 0.36, 0.4],
] as const;
const VOICE: Voice = { type: "sine", loudness: 0.25, swell: 0.015 };

/** Somebody knocks; a banner says the same. */
export function playKnock(): void {
  playOnce(NOTES, VOICE);
}
