/** Hz, start and length in seconds: two soft knocks and a small fall. */
const NOTES = [
  [784, 0, 0.14],
  [784, 0.18, 0.14],
  [587.3, 0.36, 0.4],
] as const;

/** Somebody knocks. Quiet where the browser does not let the page make sounds yet; a banner says the same. */
export function playKnock(): void {
  try {
    const context = new AudioContext();
    for (const [pitch, start, length] of NOTES) strike(context, pitch, start, length);
    setTimeout(() => void context.close(), 1_500);
  } catch {
    return;
  }
}

function strike(context: AudioContext, pitch: number, start: number, length: number): void {
  const at = context.currentTime + start;
  const voice = new OscillatorNode(context, { type: "sine", frequency: pitch });
  const swell = new GainNode(context, { gain: 0 });
  swell.gain.linearRampToValueAtTime(0.25, at + 0.015);
  swell.gain.exponentialRampToValueAtTime(0.001, at + length);
  voice.connect(swell).connect(context.destination);
  voice.start(at);
  voice.stop(at + length);
}
