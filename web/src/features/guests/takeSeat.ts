import type { CallJoined } from "../../api/wire";
import { OngoingCall } from "../calls/OngoingCall";
import { deviceId } from "../calls/seat";
import type { LocalDevices } from "../media/LocalDevices";
import { MediaSession } from "../media/MediaSession";
import type { Session } from "../session/context";

export { LocalDevices } from "../media/LocalDevices";

/** A guest's place in the call, with the camera and microphone that were tried at the door. */
export function takeSeat(callId: string, session: Session, devices: LocalDevices): OngoingCall {
  const askToken = async () => {
    const joined = await session.api.post<CallJoined>(`/calls/${callId}/join`, { device_id: deviceId() });
    ongoing.tell(joined.call);
    return joined.media;
  };
  const ongoing: OngoingCall = new OngoingCall(callId, session.me, session.api, session.socket, new MediaSession({ isPicky: false, askToken, devices }));
  return ongoing;
}
