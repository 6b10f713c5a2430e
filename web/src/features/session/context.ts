import { createContext, use } from "react";
import type { Api } from "../../api/client";
import type { Socket } from "../../api/socket";
import type { Me } from "../../api/wire";

/** A signed-in person's page: who, and the two ways to the server. */
export interface Session {
  readonly me: Me;
  readonly api: Api;
  readonly socket: Socket;
  /** Ends the session on the server and erases what the person has written here. */
  /** Refused as `still-in-call` in the middle of a call, unless that is meant. */
  signOut(evenInCall?: boolean): Promise<void>;
}

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = use(SessionContext);
  if (!session) throw new Error("useSession is used outside a signed-in page");
  return session;
}
