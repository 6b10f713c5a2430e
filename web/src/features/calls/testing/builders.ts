import type { AttendanceSnapshot, CallSnapshot, IncomingRing, RingSnapshot } from "../../../api/wire";

const AT = "2026-11-23T13:02:00Z";

export function incomingRing(change: Partial<IncomingRing> = {}): IncomingRing {
  return {
    id: "ring",
    call_id: "call",
    conversation_id: "conversation",
    staff_name: "Selma Testkvist",
    clinic_name: "Hälsocentralen Testköping",
    status: "ringing",
    rung_at: AT,
    expires_at: "2026-11-23T13:02:45Z",
    may_ask_minute: true,
    ...change,
  };
}

export function ringSnapshot(change: Partial<RingSnapshot> = {}): RingSnapshot {
  return {
    id: "ring",
    status: "ringing",
    rung_at: AT,
    expires_at: "2026-11-23T13:02:45Z",
    delivered_at: null,
    seen_at: null,
    in_background: false,
    silent: false,
    minute_asked_at: null,
    ended_at: null,
    rungs: [],
    may_phone: false,
    ...change,
  };
}

export function attendance(kind: AttendanceSnapshot["kind"], change: Partial<AttendanceSnapshot> = {}): AttendanceSnapshot {
  const name = kind === "staff" ? "Selma Testkvist" : "Sofia Gunnarsson";
  return { id: kind, kind, person_id: kind, name, role: null, invited_by_name: null, knock_id: null, identity: kind, joined_at: AT, is_lost: false, is_pinned: false, ...change };
}

export function callSnapshot(change: Partial<CallSnapshot> = {}): CallSnapshot {
  return {
    id: "call",
    version: 1,
    conversation_id: "conversation",
    status: "open",
    reason: null,
    patient_id: "patient",
    patient_name: "Sofia Gunnarsson",
    clinic_name: "Hälsocentralen Testköping",
    placed_by_id: "staff",
    placed_by_name: "Selma Testkvist",
    placed_at: AT,
    started_at: null,
    ended_at: null,
    ring: ringSnapshot(),
    attendances: [attendance("staff")],
    left: [],
    knocks: [],
    invitations: [],
    invited_before: [],
    no_staff_since: null,
    may_others_share: false,
    is_guarded: false,
    is_media_down: false,
    my_feedback: null,
    must_ask_feedback: false,
    ...change,
  };
}
