/** What is used of LiveKit's client; the rest of it is left out of the build. */
import { offerOnlyOurCodecs } from "./codecs";

export { DisconnectReason, LocalAudioTrack, LocalVideoTrack, Room, RoomEvent, ScreenSharePresets, setLogLevel, Track, VideoPreset } from "livekit-client";

offerOnlyOurCodecs();
