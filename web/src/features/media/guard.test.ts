import { ConnectionState, type Room } from "livekit-client";
import { expect, test, vi } from "vitest";
import { guard } from "./guard";

function line(state: ConnectionState) {
  const setTrackSubscriptionPermissions = vi.fn();
  return { state, localParticipant: { setTrackSubscriptionPermissions } } as unknown as Room & { localParticipant: { setTrackSubscriptionPermissions: typeof setTrackSubscriptionPermissions } };
}

const lists = (room: ReturnType<typeof line>) => room.localParticipant.setTrackSubscriptionPermissions.mock.calls;

test("those in the call may see us and nobody else, told once for each change (A3)", () => {
  const room = line(ConnectionState.Connected);
  guard(room, new Set(["sofia", "amira"]));
  guard(room, new Set(["amira", "sofia"]));
  guard(room, new Set(["sofia"]));
  const all = (...names: string[]) => [false, names.map((participantIdentity) => ({ participantIdentity, allowAll: true }))];
  expect(lists(room)).toEqual([all("amira", "sofia"), all("sofia")]);
});

test("a line that is not up yet is told when it is", () => {
  const room = line(ConnectionState.Connecting);
  guard(room, new Set(["sofia"]));
  expect(lists(room)).toEqual([]);
  room.state = ConnectionState.Connected;
  guard(room, new Set(["sofia"]));
  expect(lists(room)).toHaveLength(1);
});
