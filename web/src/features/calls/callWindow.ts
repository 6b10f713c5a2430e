import type { CallSnapshot } from "../../api/wire";

/** What the staff's window has done and heard; what it shows follows from `stageOf`. */
export interface CallWindow {
  call: CallSnapshot | null;
  placing: "pending" | "failed" | "taken" | "foreign" | "done";
  /** The person has asked for the end; it is not said to be over until the server has said so. */
  ending: "no" | "asked" | "trying-again";
}

export type CallWindowInput =
  | { type: "call"; call: CallSnapshot }
  | { type: "not-placed"; why: "failed" | "taken" | "foreign" }
  | { type: "place-again" }
  | { type: "end" }
  | { type: "end-failed" };

export type Stage = "placing" | "not-placed" | "taken" | "foreign" | "ringing" | "unanswered" | "talking" | "asking" | "over";

export const NEW_WINDOW: CallWindow = { call: null, placing: "pending", ending: "no" };

export function next(state: CallWindow, input: CallWindowInput): CallWindow {
  switch (input.type) {
    case "call":
      return onCall(state, newest(state.call, input.call));
    case "not-placed":
      return state.placing === "done" && input.why !== "foreign" ? state : { ...state, placing: input.why };
    case "place-again":
      return { ...state, placing: "pending" };
    case "end":
      return state.ending === "no" ? { ...state, ending: "asked" } : state;
    case "end-failed":
      return state.ending === "no" ? state : { ...state, ending: "trying-again" };
  }
}

/** What was to be ended is over, or was called off and has been answered meanwhile: that is another thing to end. */
function onCall(state: CallWindow, call: CallSnapshot): CallWindow {
  const isSettled = call.status === "ended" || (call.status === "active" && state.call?.status === "open");
  return { ...state, placing: "done", call, ending: isSettled ? "no" : state.ending };
}

/** Snapshots come by socket and by answer; an older one never overwrites a newer. */
export function newest(known: CallSnapshot | null, told: CallSnapshot): CallSnapshot {
  return known && known.id === told.id && known.version > told.version ? known : told;
}

/** The patient has left and is rung again, perhaps in vain. */
function isRungForAgain({ ring, attendances }: CallSnapshot): boolean {
  return ring !== null && ring.status !== "answered" && !attendances.some((one) => one.kind === "patient");
}

export function stageOf({ call, placing }: CallWindow): Stage {
  if (placing === "foreign" || placing === "taken") return placing;
  if (!call) return placing === "failed" ? "not-placed" : "placing";
  if (call.status === "ended") return call.must_ask_feedback ? "asking" : "over";
  if (call.status === "active" && !isRungForAgain(call)) return "talking";
  return call.ring?.status === "ringing" || call.ring?.status === "answered" ? "ringing" : "unanswered";
}
