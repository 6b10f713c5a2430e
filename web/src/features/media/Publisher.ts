import type { LocalTrack, Room } from "livekit-client";
import type { LiveKit } from "./livekit";
import type { DeviceKind } from "./faults";

export type Sent = DeviceKind | "screen";

/** What one connection sends. A kind that is off sends nothing: signalled as muted, and no bytes leave. */
export class Publisher {
  private readonly tracks: { [kind in Sent]?: LocalTrack | undefined } = {};
  private readonly queues: Partial<Record<Sent, Promise<void>>> = {};

  constructor(
    private readonly livekit: LiveKit,
    private readonly room: Room,
  ) {}

  /** Send this track, or nothing. Changes of one kind follow each other; the latest wins. */
  send(kind: Sent, track: MediaStreamTrack | null): Promise<void> {
    const turn = (this.queues[kind] ?? Promise.resolve()).catch(() => undefined).then(() => this.carryOut(kind, track));
    this.queues[kind] = turn;
    return turn;
  }

  /** Hold a place with a track that nobody is to see or hear. */
  async hold(kind: DeviceKind, dummy: MediaStreamTrack): Promise<void> {
    const local = this.wrap(kind, dummy);
    await local.mute();
    this.tracks[kind] = local;
    await this.publish(kind, local);
  }

  private async carryOut(kind: Sent, track: MediaStreamTrack | null): Promise<void> {
    const local = this.tracks[kind];
    if (!local) return track ? this.begin(kind, track) : undefined;
    if (!track) return kind === "screen" ? this.drop(kind, local) : silence(local);
    await local.replaceTrack(track, true);
    await local.unmute();
  }

  private async begin(kind: Sent, track: MediaStreamTrack): Promise<void> {
    const local = this.wrap(kind, track);
    this.tracks[kind] = local;
    try {
      await this.publish(kind, local);
    } catch (error) {
      this.tracks[kind] = undefined;
      throw error;
    }
  }

  private async drop(kind: Sent, local: LocalTrack): Promise<void> {
    this.tracks[kind] = undefined;
    await this.room.localParticipant.unpublishTrack(local, false);
  }

  private async publish(kind: Sent, local: LocalTrack): Promise<void> {
    const { Source } = this.livekit.Track;
    const source = { camera: Source.Camera, microphone: Source.Microphone, screen: Source.ScreenShare }[kind];
    const isScreen = kind === "screen";
    await this.room.localParticipant.publishTrack(local, {
      source,
      stream: isScreen ? "screen" : "camera",
      ...(isScreen ? { simulcast: false, degradationPreference: "maintain-resolution" as const } : {}),
    });
  }

  private wrap(kind: Sent, track: MediaStreamTrack): LocalTrack {
    if (kind === "microphone") return new this.livekit.LocalAudioTrack(track, undefined, true);
    const local = new this.livekit.LocalVideoTrack(track, undefined, true);
    local.source = kind === "screen" ? this.livekit.Track.Source.ScreenShare : this.livekit.Track.Source.Camera;
    return local;
  }
}

async function silence(local: LocalTrack): Promise<void> {
  await local.mute();
  await local.pauseUpstream();
}
