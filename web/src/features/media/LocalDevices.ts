import { createStore, type Readable } from "../../lib/store";
import { openBoth, openDevice, rememberDevice } from "./devices";
import { type DeviceFault, type DeviceKind, faultOf } from "./faults";

export interface DeviceState {
  /** What the person has asked for; nothing is sent while it is false. */
  isOn: boolean;
  isStarting: boolean;
  fault: DeviceFault | null;
  track: MediaStreamTrack | null;
  /** The system took it for something else, such as a phone call. */
  isInterrupted: boolean;
}

export type LocalState = Record<DeviceKind, DeviceState>;

const OFF: DeviceState = { isOn: false, isStarting: false, fault: null, track: null, isInterrupted: false };
const KINDS: DeviceKind[] = ["camera", "microphone"];

/**
 * This browser's camera and microphone, with or without a call. A camera that is off is stopped: its lamp is dark. A microphone
 * that is off stays open but disabled, so that the first word after switching it on is heard and a headset keeps its mode.
 */
export class LocalDevices {
  private readonly store = createStore<LocalState>({ camera: OFF, microphone: OFF });
  readonly state: Readable<LocalState> = this.store;
  private readonly turns: Record<DeviceKind, number> = { camera: 0, microphone: 0 };

  /** Both at once, in one question to the person. */
  async start(wanted: { camera: boolean } = { camera: true }): Promise<void> {
    if (!wanted.camera) return this.turnOn("microphone");
    const turn = KINDS.map((kind) => this.begin(kind));
    const opened = await openBoth().catch((error: unknown) => ({ camera: error, microphone: error }));
    KINDS.forEach((kind, index) => this.finish(kind, turn[index] ?? 0, opened[kind]));
  }

  async turnOn(kind: DeviceKind): Promise<void> {
    const held = this.state.get()[kind];
    if (held.track?.readyState === "live" && !held.track.enabled) {
      held.track.enabled = true;
      return this.change(kind, { isOn: true, fault: null });
    }
    const turn = this.begin(kind);
    this.finish(kind, turn, await openDevice(kind).catch((error: unknown) => error));
  }

  turnOff(kind: DeviceKind): void {
    this.turns[kind] += 1;
    const { track } = this.state.get()[kind];
    if (kind === "microphone" && track?.readyState === "live") {
      track.enabled = false;
      return this.change(kind, { isOn: false, isStarting: false, isInterrupted: false });
    }
    this.close(kind);
  }

  toggle(kind: DeviceKind): void {
    const { isOn, fault } = this.state.get()[kind];
    if (isOn && !fault) this.turnOff(kind);
    else void this.turnOn(kind);
  }

  /** Remembered; changed at once when the device is on. The old one is let go first, for many phones open one camera at a time. */
  async choose(kind: DeviceKind, id: string): Promise<void> {
    rememberDevice(kind, id);
    if (!this.state.get()[kind].isOn) return this.close(kind);
    this.release(kind);
    const turn = this.begin(kind);
    this.finish(kind, turn, await openDevice(kind).catch((error: unknown) => error));
  }

  /** After an interruption: take back what was on. */
  async resume(): Promise<void> {
    const taken = KINDS.filter((kind) => this.state.get()[kind].isInterrupted);
    await Promise.all(taken.map((kind) => this.turnOn(kind)));
  }

  stop(): void {
    for (const kind of KINDS) {
      this.turns[kind] += 1;
      this.close(kind);
    }
  }

  private close(kind: DeviceKind): void {
    this.release(kind);
    this.change(kind, OFF);
  }

  private begin(kind: DeviceKind): number {
    this.change(kind, { isOn: true, isStarting: true, fault: null, isInterrupted: false });
    this.turns[kind] += 1;
    return this.turns[kind];
  }

  private finish(kind: DeviceKind, turn: number, result: unknown): void {
    const track = result instanceof MediaStreamTrack ? result : null;
    if (turn !== this.turns[kind]) return track?.stop();
    this.release(kind);
    if (!track) return this.change(kind, { ...OFF, fault: faultOf(result) });
    track.onended = () => this.lose(kind, track, { ...OFF, fault: "unplugged" });
    track.onmute = () => this.lose(kind, track, { isInterrupted: true });
    track.onunmute = () => this.lose(kind, track, { isInterrupted: false });
    this.change(kind, { isOn: true, isStarting: false, fault: null, track, isInterrupted: false });
  }

  private lose(kind: DeviceKind, track: MediaStreamTrack, change: Partial<DeviceState>): void {
    if (this.state.get()[kind].track === track) this.change(kind, change);
  }

  private release(kind: DeviceKind): void {
    const { track } = this.state.get()[kind];
    if (!track) return;
    track.onended = track.onmute = track.onunmute = null;
    track.stop();
  }

  private change(kind: DeviceKind, change: Partial<DeviceState>): void {
    this.store.update((state) => ({ ...state, [kind]: { ...state[kind], ...change } }));
  }
}
