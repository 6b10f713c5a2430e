import type { CallSnapshot, Me } from "../../api/wire";

/** Where a colleague stands who is not the one that placed the call. */
export type Joining = "outside" | "waiting" | "refused" | "admitted";

/** `knockId`: the knock of this browser, if there was one. Somebody who left by themself may come back. */
export function joiningOf(call: Pick<CallSnapshot, "attendances" | "left" | "knocks">, me: Pick<Me, "id">, knockId: string | null): Joining {
  const isMe = (one: { kind: string; person_id: string }) => one.kind === "staff" && one.person_id === me.id;
  if (call.attendances.some(isMe) || call.left.some((one) => isMe(one) && one.reason !== "removed")) return "admitted";
  if (!knockId) return "outside";
  return call.knocks.some((knock) => knock.id === knockId) ? "waiting" : "refused";
}
