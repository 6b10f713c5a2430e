/** How loud a microphone's track is, 0 to 1, about 12 times a second. Returns how to stop. */
export function meterLevel(track: MediaStreamTrack, show: (level: number) => void): () => void {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 512;
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    show(loudness(samples));
  }, 80);
  return () => {
    clearInterval(timer);
    void context.close();
  };
}

/** Root mean square in decibels, −50 dB to −10 dB stretched over 0 to 1. */
export function loudness(samples: Float32Array): number {
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, samples.length);
  const decibels = 10 * Math.log10(power || 1e-10);
  return Math.min(1, Math.max(0, (decibels + 50) / 40));
}
