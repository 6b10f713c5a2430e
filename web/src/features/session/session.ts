import { createApi } from "../../api/client";
import { ApiProblem } from "../../api/problems";
import { connectSocket } from "../../api/socket";
import type { AccountKind, SignedIn } from "../../api/wire";
import { createStore, type Readable } from "../../lib/store";
import { erasePersonal, personalKey, writeStored } from "../../lib/stored";
import { showTimesIn } from "../../lib/time";
import type { Session } from "./context";

/** Another's sign-in ends this session before the browser has the new cookie. */
const COOKIE_ARRIVES_WITHIN_MS = 2_000;

export type SessionState =
  | { status: "loading" }
  | { status: "unreachable" }
  | { status: "signed-out"; hasBeenIn: boolean }
  | { status: "signed-in"; session: Session };

export interface SessionDoor {
  readonly state: Readable<SessionState>;
  /** Ask the server who is signed in; quietly: what is on the screen stays meanwhile. */
  load(isQuiet?: boolean): Promise<void>;
}

/**
 * `clinic`: the slug of the page's address; somebody signed in at another clinic is signed out here. `asksAgain`: when the session
 * ends, ask whether somebody else has signed in, for the page has something to say to them.
 */
export function createSessionDoor(kind: AccountKind, clinic: string, asksAgain = false): SessionDoor {
  const state = createStore<SessionState>({ status: "loading" });
  const api = createApi(kind, leave);
  let hasBeenIn = false;

  /** Drafts stay for who comes back; the list that is kept for a page without a network does not. */
  function leave(): void {
    const current = state.get();
    writeStored(personalKey(kind, "list"), null);
    if (current.status === "signed-in") current.session.socket.close();
    if (current.status === "signed-out") return;
    state.set({ status: "signed-out", hasBeenIn });
    dispatchEvent(new Event("narvaro:signed-out"));
  }

  let loading: Promise<void> | null = null;
  function load(isQuiet = false): Promise<void> {
    if (!isQuiet) state.set({ status: "loading" });
    loading ??= ask().finally(() => {
      loading = null;
    });
    return loading;
  }

  async function ask(): Promise<void> {
    try {
      const me = await api.get<SignedIn>("/me");
      if (me.clinic_slug !== clinic) return leave();
      state.set({ status: "signed-in", session: enter(me) });
    } catch (error) {
      if (!(error instanceof ApiProblem && error.status === 401)) state.set({ status: "unreachable" });
    }
  }

  function enter(me: SignedIn): Session {
    showTimesIn(me.time_zone);
    hasBeenIn = true;
    const socket = connectSocket(kind, { onRefused: () => void api.get("/me").catch(() => undefined) });
    socket.status.watch(() => {
      if (socket.status.get() !== "signed-out") return;
      if (asksAgain) void load().then(askOnceMore);
      else leave();
    });
    return { me, api, socket, signOut };
  }

  function askOnceMore(): void {
    if (state.get().status === "signed-out") setTimeout(() => void load(true), COOKIE_ARRIVES_WITHIN_MS);
  }

  async function signOut(evenInCall = false): Promise<void> {
    await api.delete(evenInCall ? "/session?even_in_call=true" : "/session");
    erasePersonal(kind);
    leave();
  }

  return { state, load };
}
