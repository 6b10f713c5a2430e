import { keepDevicesAtHand } from "./devices";

/** Black and silent tracks, which hold the place of camera and microphone, kept at hand, until there is leave to touch them. */
export interface Dummies {
  camera: MediaStreamTrack;
  microphone: MediaStreamTrack;
  /** Something else is in their place. */
  rest(): void;
  stop(): void;
}

export function makeDummies(): Dummies {
  const canvas = document.createElement("canvas");
  canvas.width = 1280;
  canvas.height = 720;
  const paint = () => canvas.getContext("2d")?.fillRect(0, 0, canvas.width, canvas.height);
  paint();
  const camera = canvas.captureStream().getVideoTracks()[0];
  const context = new AudioContext();
  const microphone = context.createMediaStreamDestination().stream.getAudioTracks()[0];
  if (!camera || !microphone) throw new Error("This browser makes no tracks.");
  const painting = setInterval(paint, 400);
  const letDevicesGo = keepDevicesAtHand();
  const rest = () => {
    clearInterval(painting);
    letDevicesGo();
  };
  return {
    camera,
    microphone,
    rest,
    stop() {
      rest();
      camera.stop();
      microphone.stop();
      void context.close();
    },
  };
}
