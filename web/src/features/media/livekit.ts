/** The one door to LiveKit's client; loaded apart, so that it is not in the first bundle. */
import type { Room, RoomOptions } from "livekit-client";
import type { JoinToken } from "../../api/wire";
import { mendingPolicy } from "./policy";

export type LiveKit = typeof import("./livekitParts");

let loaded: Promise<LiveKit> | undefined;

export function loadLiveKit(): Promise<LiveKit> {
  loaded ??= import("./livekitParts").catch((error: unknown) => {
    loaded = undefined;
    throw error;
  });
  return loaded;
}

/** EN 301 549 6.5: the lowest picture is at least 320×240 in area, and resolution falls before frame rate. */
export function makeRoom(livekit: LiveKit, isPicky: boolean): Room {
  const { VideoPreset, Room, ScreenSharePresets } = livekit;
  livekit.setLogLevel("silent");
  const options: RoomOptions = {
    // Who sees others through a line of their own needs half the round trips, and a fifth of the bytes, to see one more.
    singlePeerConnection: !isPicky,
    adaptiveStream: true,
    dynacast: true,
    stopLocalTrackOnUnpublish: false,
    disconnectOnPageLeave: true,
    reconnectPolicy: mendingPolicy,
    publishDefaults: {
      videoCodec: "vp8",
      simulcast: true,
      videoEncoding: { maxBitrate: 1_700_000, maxFramerate: 30 },
      videoSimulcastLayers: [new VideoPreset(480, 270, 180_000, 20), new VideoPreset(640, 360, 450_000, 25)],
      degradationPreference: "maintain-framerate",
      screenShareEncoding: ScreenSharePresets.h1080fps15.encoding,
      dtx: true,
      red: true,
      stopMicTrackOnMute: false,
    },
  };
  return new Room(options);
}

/** Never a third party's STUN: only the servers that our backend names, none on loopback. */
export function rtcConfig(token: JoinToken): RTCConfiguration {
  return { iceServers: token.ice_servers.length === 0 ? [] : [{ urls: token.ice_servers }] };
}
