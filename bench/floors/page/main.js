/** An empty page that joins with livekit-client as its own README does: connect, then publish. */
import { Room, RoomEvent } from "livekit-client";

const { url, token, atOnce } = JSON.parse(decodeURIComponent(location.hash.slice(1)));

async function join() {
  const room = new Room();
  room.on(RoomEvent.TrackSubscribed, (track) => document.body.append(track.attach()));
  await room.connect(url, token, { rtcConfig: { iceServers: [] } });
  await room.localParticipant.enableCameraAndMicrophone();
}

if (atOnce) void join();
else document.querySelector("button").onclick = join;
