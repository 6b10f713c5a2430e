import { roleWords } from "../../api/roles";
import type { AttendanceSnapshot, CallSnapshot, Kind } from "../../api/wire";
import { i18n } from "../../lib/i18n";
import type { LocalState } from "../media/LocalDevices";
import type { MediaState } from "../media/MediaSession";
import { ownPicture, type Picture } from "../media/people";

/** What one tile shows: a person, or a surface that a person shares. */
export interface TileFacts {
  id: string;
  kind: "person" | "screen";
  name: string;
  /** How the person is known. */
  known: string;
  /** As the server tells it; null until it has. */
  attendance: AttendanceSnapshot | null;
  isMe: boolean;
  isLost: boolean;
  isSpeaking: boolean;
  hasMicrophone: boolean;
  hasCamera: boolean;
  picture: Picture | null;
}

export function knownAs(kind: Kind, role: AttendanceSnapshot["role"] = null): string {
  if (kind === "staff") return i18n.t("vårdpersonal");
  if (kind === "patient") return i18n.t("patient");
  return [i18n.t("gäst, ej legitimerad"), role && roleWords(role)].filter(Boolean).join(" · ");
}

/** Only people in the attendance list, myself last. */
export function tilesOf(call: CallSnapshot | null, isMe: (one: AttendanceSnapshot) => boolean, myName: string, myKind: Kind, local: LocalState, media: MediaState): TileFacts[] {
  const mySeat = call?.attendances.find(isMe) ?? null;
  const others = (call?.attendances ?? []).filter((one) => !isMe(one));
  const mine: TileFacts = {
    id: "me",
    kind: "person",
    name: myName,
    known: knownAs(myKind, mySeat?.role),
    attendance: mySeat,
    isMe: true,
    isLost: false,
    isSpeaking: media.isSpeaking,
    hasMicrophone: local.microphone.isOn && local.microphone.track !== null,
    hasCamera: local.camera.isOn && local.camera.track !== null,
    picture: local.camera.isOn ? ownPicture(local.camera.track) : null,
  };
  return [...others.map((one) => personTile(one, media)), mine];
}

function personTile(one: AttendanceSnapshot, media: MediaState): TileFacts {
  const person = media.people[one.identity];
  return {
    id: one.identity,
    kind: "person",
    name: one.name,
    known: knownAs(one.kind, one.role),
    attendance: one,
    isMe: false,
    isLost: one.is_lost,
    isSpeaking: person?.isSpeaking ?? false,
    hasMicrophone: person?.hasMicrophone ?? false,
    hasCamera: Boolean(person?.camera),
    picture: person?.camera ?? null,
  };
}

/** The shared surfaces of the people in the call, the others' and not one's own. */
export function screensOf(tiles: TileFacts[], media: MediaState): TileFacts[] {
  return tiles.flatMap((tile) => {
    const screen = media.people[tile.id]?.screen;
    return screen ? [{ ...tile, id: `screen ${tile.id}`, kind: "screen" as const, picture: screen, isSpeaking: false }] : [];
  });
}

/** Who takes the stage: whom the viewer has pinned; else whom staff have pinned for everybody, beside a shared surface. */
export function stageTiles(tiles: TileFacts[], screens: TileFacts[], pinned: string | null): TileFacts[] {
  const own = [...tiles, ...screens].find((tile) => tile.id === pinned);
  const forAll = tiles.find((tile) => isPinnedForAll(tile) && !tile.isMe);
  return own ? [own] : [forAll, screens[0]].filter((tile) => tile !== undefined);
}

export function isPinnedForAll({ attendance, kind }: TileFacts): boolean {
  return kind === "person" && attendance?.is_pinned === true;
}
