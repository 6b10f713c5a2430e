import type { Room } from "livekit-client";
import type { JoinToken, Prepared } from "../../api/wire";
import { createStore, type Readable } from "../../lib/store";
import { chosenDevice, rememberDevice } from "./devices";
import { type Dummies, makeDummies } from "./dummies";
import type { DeviceKind } from "./faults";
import { guard } from "./guard";
import { type LiveKit, loadLiveKit, makeRoom, rtcConfig } from "./livekit";
import { LocalDevices } from "./LocalDevices";
import { peopleIn, type Person } from "./people";
import { rejoinAfter } from "./policy";
import { Publisher } from "./Publisher";

/**
 * `mending`: LiveKit's client mends the line by itself. `rejoining`: it gave up, we ask for a new token until the call ends.
 * `elsewhere`: the same person took the call over in another window.
 */
export type MediaLine = "idle" | "prepared" | "connecting" | "connected" | "mending" | "rejoining" | "elsewhere";

export interface MediaState {
  line: MediaLine;
  people: Record<string, Person>;
  /** The surface that is being shared from here. */
  screen: MediaStreamTrack | null;
  isSpeaking: boolean;
  /** The browser keeps the page silent until it is touched. */
  isSilenced: boolean;
}

const NOTHING: MediaState = { line: "idle", people: {}, screen: null, isSpeaking: false, isSilenced: false };
const RIGHTS_WITHIN_MS = 2_000;
const DEVICES: DeviceKind[] = ["camera", "microphone"];

export interface MediaOptions {
  /** Opened before there was a call; closed with it. */
  devices?: LocalDevices;
  /** Subscribe to each admitted person instead of to everybody (A2b). */
  isPicky: boolean;
  /** A new token for the same seat; null when there is none now; raises when there will be none. */
  askToken: () => Promise<JoinToken | null>;
}

/** Sound and picture of one call. Devices outlive the connection, so that one's own picture stays while a line is mended. */
export class MediaSession {
  readonly devices: LocalDevices;
  private readonly store = createStore<MediaState>(NOTHING);
  readonly state: Readable<MediaState> = this.store;
  private room: Room | null = null;
  private publisher: Publisher | null = null;
  private dummies: Dummies | null = null;
  private admitted: ReadonlySet<string> = new Set();
  private isGuarded = false;
  private generation = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private isClosed = false;
  /** The person has said yes, and nobody must be kept from seeing them. */
  private mayBegin = false;
  private mustWait = false;

  constructor(private readonly options: MediaOptions) {
    this.devices = options.devices ?? new LocalDevices();
    this.devices.state.watch(() => this.sendDevices());
  }

  /** While the phone rings: connect and hold places, touching neither camera nor microphone. Raises what went wrong. */
  async prepare(token: Prepared): Promise<void> {
    this.mustWait = token.is_guarded;
    const livekit = await loadLiveKit();
    const { room, publisher } = await this.connect(livekit, token, "prepared");
    const dummies = makeDummies();
    this.dummies = dummies;
    await Promise.all(DEVICES.map((kind) => publisher.hold(kind, dummies[kind])));
    if (this.room === room) this.change({ line: "prepared" });
  }

  /** The person has said yes: on a prepared line they are seen as soon as the media server has heard it, before we have our answer. */
  begin(): void {
    this.mayBegin = !this.mustWait;
    this.beginWhenGranted();
  }

  /** Into the call: on the prepared line when it is the same seat, else by a plain join. Keeps trying until it works or `close`. */
  async join(token: JoinToken | null): Promise<void> {
    const { line } = this.state.get();
    const isReady = (line === "prepared" || line === "connected") && this.room?.localParticipant.identity === token?.identity;
    if (isReady) {
      this.doubtRightsSoon();
      return line === "prepared" ? this.goLive() : undefined;
    }
    if (!token) return this.rejoinLater(0);
    await this.plainJoin(token).catch(() => this.rejoinLater(0));
  }

  /** Only these are seen and heard. `isGuarded`: and only these see and hear us, whoever else holds a pass to the room (A3). */
  admit(identities: Iterable<string>, isGuarded = false): void {
    this.admitted = new Set(identities);
    this.isGuarded = isGuarded;
    this.applyAdmissions();
  }

  /** Take the call back from the other window. */
  takeOver(): void {
    this.rejoinLater(0, 0);
  }

  /** Play what the browser held back; must be called in a touch. */
  async unsilence(): Promise<void> {
    await this.room?.startAudio();
    await this.devices.resume();
    this.refresh();
  }

  /** Raises NotAllowedError when the person chose nothing. */
  async shareScreen(mayShareWhole: boolean): Promise<void> {
    const wish = { video: { frameRate: { max: 15 } }, audio: false, surfaceSwitching: "include", monitorTypeSurfaces: mayShareWhole ? "include" : "exclude" };
    const stream = await navigator.mediaDevices.getDisplayMedia(wish);
    const track = stream.getVideoTracks()[0];
    if (!track) return;
    track.contentHint = "detail";
    track.onended = () => void this.stopSharing();
    this.change({ screen: track });
    await this.publisher?.send("screen", track);
  }

  async stopSharing(): Promise<void> {
    this.state.get().screen?.stop();
    this.change({ screen: null });
    await this.publisher?.send("screen", null);
  }

  async chooseSpeaker(id: string): Promise<void> {
    rememberDevice("speaker", id);
    await this.room?.switchActiveDevice("audiooutput", id);
  }

  /** Out of the call; camera and microphone are stopped. */
  close(): void {
    this.isClosed = true;
    this.generation += 1;
    clearTimeout(this.retry);
    this.dropRoom();
    this.devices.stop();
    this.state.get().screen?.stop();
    this.store.set(NOTHING);
  }

  private async plainJoin(token: JoinToken): Promise<void> {
    this.change({ line: this.state.get().line === "rejoining" ? "rejoining" : "connecting" });
    const livekit = await loadLiveKit();
    const { room } = await this.connect(livekit, token, "connected");
    if (this.room !== room) return;
    this.sendDevices();
    const { screen } = this.state.get();
    if (screen) await this.publisher?.send("screen", screen);
  }

  private async connect(livekit: LiveKit, token: JoinToken, as: MediaLine): Promise<{ room: Room; publisher: Publisher }> {
    this.generation += 1;
    const mine = this.generation;
    this.dropRoom();
    const room = makeRoom(livekit, this.options.isPicky);
    const publisher = new Publisher(livekit, room);
    this.room = room;
    this.publisher = publisher;
    this.listen(livekit, room, mine);
    await room.connect(token.url, token.token, { autoSubscribe: !this.options.isPicky, rtcConfig: rtcConfig(token), maxRetries: 0 });
    if (mine !== this.generation) {
      void room.disconnect(false);
      throw new Error("Overtaken by another connection.");
    }
    const speaker = chosenDevice("speaker");
    if (speaker) void room.switchActiveDevice("audiooutput", speaker).catch(() => undefined);
    if (as === "connected") this.change({ line: "connected" });
    this.applyAdmissions();
    return { room, publisher };
  }

  private listen({ RoomEvent, DisconnectReason }: LiveKit, room: Room, mine: number): void {
    const isCurrent = () => mine === this.generation;
    const refresh = () => isCurrent() && this.refresh();
    const admitAgain = () => isCurrent() && this.applyAdmissions();
    room
      .on(RoomEvent.ParticipantPermissionsChanged, () => isCurrent() && this.beginWhenGranted())
      .on(RoomEvent.ParticipantConnected, admitAgain)
      .on(RoomEvent.TrackPublished, admitAgain)
      .on(RoomEvent.TrackSubscribed, admitAgain)
      .on(RoomEvent.TrackUnsubscribed, (track) => track.detach().forEach((element) => element.remove()))
      .on(RoomEvent.Reconnecting, () => isCurrent() && this.change({ line: "mending" }))
      .on(RoomEvent.Reconnected, () => isCurrent() && this.backOnLine())
      .on(RoomEvent.Disconnected, (reason) => {
        if (!isCurrent() || this.isClosed || this.state.get().line === "idle") return;
        const isTaken = reason === DisconnectReason.DUPLICATE_IDENTITY || reason === DisconnectReason.PARTICIPANT_REMOVED;
        if (isTaken && this.state.get().line !== "prepared") return this.change({ line: "elsewhere", people: {} });
        this.rejoinLater(0);
      });
    const shown = [
      RoomEvent.ParticipantDisconnected,
      RoomEvent.TrackUnsubscribed,
      RoomEvent.TrackUnpublished,
      RoomEvent.TrackMuted,
      RoomEvent.TrackUnmuted,
      RoomEvent.ActiveSpeakersChanged,
      RoomEvent.AudioPlaybackStatusChanged,
    ] as const;
    for (const event of shown) room.on(event, refresh);
  }

  /** Rights come with the committed answer. Where others than staff are connected, the answer itself says who they are (A3). */
  private beginWhenGranted(): void {
    const { room } = this;
    if (!this.mayBegin || !room?.localParticipant.permissions?.canSubscribe || this.state.get().line !== "prepared") return;
    if ([...room.remoteParticipants.keys()].every((identity) => identity.startsWith("staff-"))) this.goLive();
  }

  private goLive(): void {
    this.dummies?.rest();
    this.change({ line: "connected" });
    this.sendDevices();
  }

  /** The prepared line is given its rights by the backend's word to the media server; when that word was lost, join anew. */
  private doubtRightsSoon(): void {
    const room = this.room;
    clearTimeout(this.retry);
    this.retry = setTimeout(() => {
      if (room === this.room && room?.localParticipant.permissions?.canSubscribe === false) this.rejoinLater(0, 0);
    }, RIGHTS_WITHIN_MS);
  }

  private backOnLine(): void {
    this.change({ line: "connected" });
    this.applyAdmissions();
    this.sendDevices();
  }

  private rejoinLater(attempt: number, wait = rejoinAfter(attempt)): void {
    if (this.isClosed) return;
    const wasPrepared = this.state.get().line === "prepared";
    this.dropRoom();
    if (wasPrepared) return this.change({ line: "idle", people: {} });
    this.change({ line: "rejoining", people: {} });
    clearTimeout(this.retry);
    this.retry = setTimeout(() => void this.rejoin(attempt), wait);
  }

  private async rejoin(attempt: number): Promise<void> {
    try {
      const token = await this.options.askToken();
      if (this.isClosed || this.state.get().line !== "rejoining") return;
      if (token) return await this.plainJoin(token);
    } catch {
      // The call's snapshot says whether it is over; until it does, go on.
    }
    if (this.state.get().line === "rejoining") this.rejoinLater(attempt + 1);
  }

  private applyAdmissions(): void {
    if (this.room && this.isGuarded) guard(this.room, this.admitted);
    for (const participant of this.room?.remoteParticipants.values() ?? []) {
      const isAdmitted = this.admitted.has(participant.identity);
      for (const publication of participant.trackPublications.values()) {
        if (this.options.isPicky && publication.isDesired !== isAdmitted) publication.setSubscribed(isAdmitted);
        const track = publication.kind === "audio" ? publication.track : undefined;
        if (track && isAdmitted && track.attachedElements.length === 0) play(track.attach());
        if (track && !isAdmitted) track.detach().forEach((element) => element.remove());
      }
    }
    this.refresh();
  }

  private sendDevices(): void {
    const { line } = this.state.get();
    if (!this.publisher || (line !== "connected" && line !== "mending")) return;
    const local = this.devices.state.get();
    for (const kind of DEVICES) void this.publisher.send(kind, local[kind].isOn ? local[kind].track : null).catch(() => undefined);
  }

  private dropRoom(): void {
    const old = this.room;
    this.room = null;
    this.publisher = null;
    this.dummies?.stop();
    this.dummies = null;
    for (const participant of old?.remoteParticipants.values() ?? [])
      for (const publication of participant.trackPublications.values()) publication.track?.detach().forEach((element) => element.tagName === "AUDIO" && element.remove());
    void old?.removeAllListeners().disconnect(false);
  }

  private refresh(): void {
    if (!this.room) return;
    this.change({ people: peopleIn(this.room), isSpeaking: this.room.localParticipant.isSpeaking, isSilenced: isSilenced(this.room) });
  }

  private change(change: Partial<MediaState>): void {
    this.store.update((state) => ({ ...state, ...change }));
  }
}

/** Somebody's sound may not be played. LiveKit also says so of its own audio context, when nobody can be heard yet. */
function isSilenced(room: Room): boolean {
  if (room.canPlaybackAudio) return false;
  const sounds = [...room.remoteParticipants.values()].flatMap((one) => [...one.audioTrackPublications.values()]);
  return sounds.some(({ track }) => track?.attachedElements.some((element) => element.paused));
}

function play(element: HTMLMediaElement): void {
  element.hidden = true;
  document.body.append(element);
}
