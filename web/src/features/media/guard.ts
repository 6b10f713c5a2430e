import type { Room } from "livekit-client";

const told = new WeakMap<object, string>();

/**
 * The media server holds our tracks back from everybody else, at once and for those who come (A3). It is told what has changed,
 * and everything on a new line; on a mended one the client says it again by itself.
 */
export function guard({ state, localParticipant }: Pick<Room, "state" | "localParticipant">, identities: ReadonlySet<string>): void {
  const list = [...identities].sort();
  if (state === "connecting" || state === "disconnected" || told.get(localParticipant) === list.join()) return;
  told.set(localParticipant, list.join());
  localParticipant.setTrackSubscriptionPermissions(false, list.map((participantIdentity) => ({ participantIdentity, allowAll: true })));
}
