import { expect, test } from "vitest";
import type { LocalState } from "../media/LocalDevices";
import type { MediaState } from "../media/MediaSession";
import type { Person, Picture } from "../media/people";
import { attendance, callSnapshot } from "./testing/builders";
import { screensOf, stageTiles, tilesOf } from "./tiles";

const OFF = { isOn: false, isStarting: false, fault: null, track: null, isInterrupted: false };
const local: LocalState = { camera: OFF, microphone: OFF };
const picture: Picture = { key: "picture", attach: () => undefined, detach: () => undefined };
const person = (identity: string, change: Partial<Person> = {}): Person => ({ identity, camera: picture, screen: null, hasMicrophone: true, isSpeaking: false, ...change });
const media = (...people: Person[]): MediaState => ({ line: "connected", people: Object.fromEntries(people.map((one) => [one.identity, one])), screen: null, isSpeaking: false, isSilenced: false });
const call = callSnapshot({ attendances: [attendance("staff"), attendance("patient")] });
const tilesWith = (state: MediaState) => tilesOf(call, (one) => one.kind === "staff", "Selma Testkvist", "staff", local, state);

test("only people in the attendance list are shown, oneself last", () => {
  const tiles = tilesWith(media(person("patient"), person("a stranger")));
  expect(tiles.map((tile) => [tile.name, tile.known, tile.isMe])).toEqual([
    ["Sofia Gunnarsson", "patient", false],
    ["Selma Testkvist", "vårdpersonal", true],
  ]);
});

test("a guest is known as one, with the role", () => {
  const guest = attendance("guest", { name: "Ahmad Haddad", role: "interpreter" });
  const tiles = tilesOf(callSnapshot({ attendances: [guest] }), () => false, "Selma Testkvist", "staff", local, media());
  expect(tiles[0]?.known).toBe("gäst, ej legitimerad · tolk");
});

test("somebody whom the media server does not carry yet is shown without a picture", () => {
  expect(tilesWith(media())[0]).toMatchObject({ name: "Sofia Gunnarsson", picture: null, hasCamera: false });
});

test("a shared surface takes the stage until the viewer pins somebody", () => {
  const state = media(person("patient", { screen: picture }));
  const tiles = tilesWith(state);
  const screens = screensOf(tiles, state);
  const staged = (pinned: string | null) => stageTiles(tiles, screens, pinned).map((tile) => tile.id);
  expect(staged(null)).toEqual(["screen patient"]);
  expect(staged("me")).toEqual(["me"]);
  expect(staged("somebody who has left")).toEqual(["screen patient"]);
});

test("whom staff have pinned is on everybody's stage but their own, beside a shared surface; the viewer's own pin wins", () => {
  const interpreter = attendance("guest", { name: "Amira Tolk", role: "sign_language_interpreter", is_pinned: true });
  const three = callSnapshot({ attendances: [attendance("staff"), attendance("patient"), interpreter] });
  const state = media(person("patient"), person("guest"));
  const staged = (me: string, pinned: string | null, shown: MediaState = state) => {
    const tiles = tilesOf(three, (one) => one.kind === me, "Jag", "patient", local, shown);
    return stageTiles(tiles, screensOf(tiles, shown), pinned).map((tile) => tile.id);
  };
  expect(staged("patient", null)).toEqual(["guest"]);
  expect(staged("patient", "staff")).toEqual(["staff"]);
  expect(staged("guest", null)).toEqual([]);
  expect(staged("staff", null, media(person("patient", { screen: picture }), person("guest")))).toEqual(["guest", "screen patient"]);
});
