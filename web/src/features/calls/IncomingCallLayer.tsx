import type { Socket } from "../../api/socket";
import type { SignedIn } from "../../api/wire";

interface Props {
  me: SignedIn;
  socket: Socket;
}

export function IncomingCallLayer(_props: Props) {
  return null;
}
