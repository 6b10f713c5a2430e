/** The wire's shapes under the names of the glossary; generated in schema.ts. */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type ClientMessage = Schemas["ClientMessage"];
export type ServerMessage = Schemas["ServerMessage"] | Schemas["GuestState"];
export type SignedIn = Schemas["SignedIn"];
export type SignedInDevice = Schemas["SignedInDevice"];
export type Entry = Schemas["Entry"];
export type Audience = Entry["audience"];
export type EntryPage = Schemas["EntryPage"];
export type CallFact = Schemas["CallFact"];
export type ConversationSnapshot = Schemas["ConversationSnapshot"];
export type ConversationOpened = Schemas["ConversationOpened"];
export type ConversationRef = Schemas["ConversationRef"];
export type InboxItem = Schemas["InboxItem"];
export type InboxPage = Schemas["InboxPage"];
export type PatientItem = Schemas["PatientItem"];
export type PatientPage = Schemas["PatientPage"];
export type Presence = Schemas["narvaro.conversations.schemas.Presence"];
export type CallSnapshot = Schemas["CallSnapshot"];
export type AttendanceSnapshot = Schemas["AttendanceSnapshot"];
export type RingSnapshot = Schemas["RingSnapshot"];
export type RungFact = Schemas["RungFact"];
export type PhoneNumber = Schemas["PhoneNumber"];
export type WayToRing = Schemas["WayToRing"];
export type IncomingRing = Schemas["IncomingRing"];
export type JoinToken = Schemas["JoinToken"];
export type CallJoined = Schemas["CallJoined"];
export type NewFeedback = Schemas["NewFeedback"];
export type Knock = Schemas["KnockSnapshot"];
export type KnockRef = Schemas["KnockRef"];
export type Invitation = Schemas["InvitationSnapshot"];
export type InvitedBefore = Schemas["InvitedBefore"];
export type NewInvitation = Schemas["NewInvitation"];
export type CheckedNumber = Schemas["CheckedNumber"];
export type GuestLink = Schemas["GuestLink"];
export type GuestSnapshot = Schemas["GuestSnapshot"];
export type TextLanguage = Invitation["language"];
export type GuestRole = NonNullable<AttendanceSnapshot["role"]>;
export type AccountKind = SignedIn["kind"];
export type Kind = AccountKind | "guest";
/** Who this page belongs to; a guest has no account, but a name and a knock's id. */
export type Me = Omit<SignedIn, "kind"> & { kind: Kind };
