/** Black and silent tracks, which hold the place of camera and microphone until there is leave to touch them. */
export interface Dummies {
  camera: MediaStreamTrack;
  microphone: MediaStreamTrack;
  stop(): void;
}

export function makeDummies(): Dummies {
  const canvas = document.createElement("canvas");
  canvas.width = 1280;
  canvas.height = 720;
  canvas.getContext("2d")?.fillRect(0, 0, canvas.width, canvas.height);
  const camera = canvas.captureStream(1).getVideoTracks()[0];
  const context = new AudioContext();
  const microphone = context.createMediaStreamDestination().stream.getAudioTracks()[0];
  if (!camera || !microphone) throw new Error("This browser makes no tracks.");
  return {
    camera,
    microphone,
    stop() {
      camera.stop();
      microphone.stop();
      void context.close();
    },
  };
}
