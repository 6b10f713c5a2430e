/** Hz, start and length in seconds. */
export type Note = readonly [pitch: number, start: number, length: number];

export interface Voice {
  type: OscillatorType;
  loudness: number;
  /** Seconds from silence to full loudness. */
  swell: number;
}

/** Sounds are made here instead of fetched: each note swells and dies away. */
export function playNotes(context: BaseAudioContext, notes: readonly Note[], voice: Voice): void {
  for (const note of notes) sing(context, note, voice);
}

/** Quiet where the browser does not let the page make sounds yet: what is heard is also seen. */
export function playOnce(notes: readonly Note[], voice: Voice): void {
  try {
    const context = new AudioContext();
    playNotes(context, notes, voice);
    setTimeout(() => void context.close(), 1_500);
  } catch {
    return;
  }
}

function sing(context: BaseAudioContext, [pitch, start, length]: Note, { type, loudness, swell }: Voice): void {
  const at = context.currentTime + start;
  const tone = new OscillatorNode(context, { type, frequency: pitch });
  const gain = new GainNode(context, { gain: 0 });
  gain.gain.linearRampToValueAtTime(loudness, at + swell);
  gain.gain.exponentialRampToValueAtTime(0.001, at + length);
  tone.connect(gain).connect(context.destination);
  tone.start(at);
  tone.stop(at + length);
}
