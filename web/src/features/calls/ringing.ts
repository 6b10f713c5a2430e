import type { IncomingRing } from "../../api/wire";

/** What the patient's page does about rings. Plain data in, plain data out. */
export type Ringing =
  | { name: "quiet" }
  | { name: "ringing"; ring: IncomingRing; isToneOff: boolean }
  | { name: "answering"; ring: IncomingRing; hasCamera: boolean }
  | { name: "over"; ring: IncomingRing; why: "elsewhere" | "late" };

export type RingingInput =
  | { type: "ring"; ring: IncomingRing | null }
  | { type: "come-late"; ring: IncomingRing }
  | { type: "accept"; hasCamera: boolean }
  | { type: "entered" }
  | { type: "too-late" }
  | { type: "failed" }
  | { type: "silence" }
  | { type: "put-away" };

export const QUIET: Ringing = { name: "quiet" };

export function next(state: Ringing, input: RingingInput): Ringing {
  switch (input.type) {
    case "ring":
      return onRing(state, input.ring);
    case "come-late":
      return state.name === "quiet" && input.ring.status !== "declined" ? overBy(input.ring) : state;
    case "accept":
      return state.name === "ringing" ? { name: "answering", ring: state.ring, hasCamera: input.hasCamera } : state;
    case "entered":
      return QUIET;
    case "too-late":
      return state.name === "answering" ? { name: "over", ring: state.ring, why: "late" } : state;
    case "failed":
      return state.name === "answering" ? onFailed(state.ring) : state;
    case "silence":
      return state.name === "ringing" ? { ...state, isToneOff: true } : state;
    case "put-away":
      return state.name === "over" ? QUIET : state;
  }
}

function onRing(state: Ringing, ring: IncomingRing | null): Ringing {
  if (state.name === "answering") return ring?.id === state.ring.id ? { ...state, ring } : state;
  if (!ring) return state.name === "ringing" ? { name: "over", ring: state.ring, why: "late" } : state;
  if (ring.status === "ringing") return ringOn(state, ring);
  if (state.name !== "ringing" || state.ring.id !== ring.id) return state;
  if (ring.status === "declined") return QUIET;
  return overBy(ring);
}

/** It may be tried again while it rings; answered, it was perhaps by us, and a repeat does no harm. */
function onFailed(ring: IncomingRing): Ringing {
  const mayRepeat = ring.status === "ringing" || ring.status === "answered";
  return mayRepeat ? { name: "ringing", ring, isToneOff: true } : overBy(ring);
}

function overBy(ring: IncomingRing): Ringing {
  return { name: "over", ring, why: ring.status === "answered" ? "elsewhere" : "late" };
}

function ringOn(state: Ringing, ring: IncomingRing): Ringing {
  const isSame = state.name === "ringing" && state.ring.id === ring.id;
  return { name: "ringing", ring, isToneOff: isSame && state.isToneOff };
}

/** Does the page make its sound and shake? Both stop with one touch and with the ring. */
export function isSounding(state: Ringing): boolean {
  return state.name === "ringing" && !state.isToneOff;
}
