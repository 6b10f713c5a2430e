import { IncomingCallLayer } from "../features/calls/IncomingCallLayer";
import { useSession } from "../features/session/session";
export function PatientShell(_props: { clinic: string }) {
  const { me, socket } = useSession();
  return <IncomingCallLayer me={me} socket={socket} />;
}
