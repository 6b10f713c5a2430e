import { expect, test, vi } from "vitest";
import type { Prepared } from "../../api/wire";
import { createStore } from "../../lib/store";
import type { LocalDevices } from "./LocalDevices";
import { MediaSession } from "./MediaSession";

const done: string[] = [];

class Track {
  constructor(private readonly media: MediaStreamTrack) {}
  mute = () => this.note("muted");
  unmute = () => this.note("unmuted");
  replaceTrack = (track: MediaStreamTrack) => this.note(`sends ${track.id}`);

  private note(what: string): Promise<void> {
    done.push(`${this.media.kind} ${what}`);
    return Promise.resolve();
  }
}

class FakeRoom {
  state = "connected";
  remoteParticipants = new Map<string, unknown>();
  canPlaybackAudio = true;
  localParticipant = { identity: "patient-1", permissions: { canSubscribe: false }, isSpeaking: false, publishTrack: () => Promise.resolve(), setTrackSubscriptionPermissions: () => undefined };
  private readonly listeners = new Map<string, () => void>();
  connect = () => Promise.resolve();

  on(event: string, listener: () => void): this {
    this.listeners.set(event, listener);
    return this;
  }

  grant(): void {
    this.localParticipant.permissions.canSubscribe = true;
    this.listeners.get("participantPermissionsChanged")?.();
  }
}

let room: FakeRoom;

vi.mock("./livekit", () => ({
  loadLiveKit: () =>
    Promise.resolve({
      RoomEvent: { ParticipantPermissionsChanged: "participantPermissionsChanged" },
      DisconnectReason: {},
      Track: { Source: {} },
      LocalVideoTrack: Track,
      LocalAudioTrack: Track,
    }),
  makeRoom: () => room,
  rtcConfig: () => ({}),
}));
const aTrack = (kind: string, id: string) => ({ kind, id, readyState: "live" }) as MediaStreamTrack;
vi.mock("./dummies", () => ({ makeDummies: () => ({ camera: aTrack("video", "black"), microphone: aTrack("audio", "silence"), rest: () => undefined, stop: () => undefined }) }));

const TOKEN = { url: "ws://here", token: "t", identity: "patient-1", ice_servers: [] };
const on = (track: MediaStreamTrack) => ({ isOn: true, isStarting: false, fault: null, track, isInterrupted: false });
const DEVICES = { state: createStore({ camera: on(aTrack("video", "camera")), microphone: on(aTrack("audio", "microphone")) }) } as unknown as LocalDevices;

/** A page that has made its line ready, and whose person then says yes. */
async function accepted({ is_guarded = false, others = ["staff-1"] }: Partial<Prepared> & { others?: string[] }) {
  room = new FakeRoom();
  for (const identity of others) room.remoteParticipants.set(identity, { identity, trackPublications: new Map(), audioTrackPublications: new Map() });
  const media = new MediaSession({ isPicky: false, askToken: () => Promise.resolve(null), devices: DEVICES });
  await media.prepare({ ...TOKEN, is_guarded });
  done.length = 0;
  media.begin();
  await settle();
  return media;
}

const settle = () => new Promise((resolve) => setTimeout(resolve));
const SENT = ["video sends camera", "audio sends microphone", "video unmuted", "audio unmuted"];

test("on a prepared line camera and microphone leave when the media server has heard of the answer, and not before", async () => {
  const media = await accepted({});
  expect([media.state.get().line, done]).toEqual(["prepared", []]);
  room.grant();
  await settle();
  expect([media.state.get().line, done]).toEqual(["connected", SENT]);
  await media.join(TOKEN);
  await settle();
  expect([media.state.get().line, done]).toEqual(["connected", SENT]);
});

test.each([
  ["somebody was removed", { is_guarded: true }],
  ["others than staff are connected", { others: ["staff-1", "guest-1"] }],
])("when %s they wait for the answer, which says who may see and hear a3", async (_, given) => {
  const media = await accepted(given);
  room.grant();
  await settle();
  expect([media.state.get().line, done]).toEqual(["prepared", []]);
  await media.join(TOKEN);
  await settle();
  expect([media.state.get().line, done]).toEqual(["connected", SENT]);
});
