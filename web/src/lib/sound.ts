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
