import type { Participant, RemoteParticipant, RemoteVideoTrack, Room, TrackPublication } from "livekit-client";

/** Something that can be shown in a video element. `key` changes when the element has to be fed anew. */
export interface Picture {
  readonly key: string;
  attach(element: HTMLVideoElement): void;
  detach(element: HTMLVideoElement): void;
  /** Ask for more than the lowest layer, however small it is shown, until the answer is called. */
  hold?(): () => void;
}

/** One other person, as the media server carries them. Who they are is said by the call's attendances. */
export interface Person {
  identity: string;
  camera: Picture | null;
  screen: Picture | null;
  hasMicrophone: boolean;
  isSpeaking: boolean;
}

export function peopleIn(room: Room): Record<string, Person> {
  return Object.fromEntries([...room.remoteParticipants.values()].map((one) => [one.identity, personOf(one)]));
}

function personOf(participant: RemoteParticipant): Person {
  const camera = publicationOf(participant, "camera");
  const screen = publicationOf(participant, "screen_share");
  const microphone = publicationOf(participant, "microphone");
  return {
    identity: participant.identity,
    camera: pictureOf(camera),
    screen: pictureOf(screen),
    hasMicrophone: microphone !== undefined && !microphone.isMuted,
    isSpeaking: participant.isSpeaking,
  };
}

function publicationOf(participant: Participant, source: string): TrackPublication | undefined {
  return [...participant.trackPublications.values()].find((one) => one.source === source);
}

function pictureOf(publication: TrackPublication | undefined): Picture | null {
  const track = publication?.track;
  if (!track || publication.isMuted) return null;
  return {
    key: track.sid ?? track.mediaStreamTrack.id,
    attach: (element) => void track.attach(element),
    detach: (element) => void track.detach(element),
    hold: () => holdMiddle(track),
  };
}

/** As if it were shown in the middle layer's size (livekit.ts), which the media server then sends at least, where it is shown at all. */
export function holdMiddle(track: object): () => void {
  if (!("observeElementInfo" in track)) return () => undefined;
  const video = track as RemoteVideoTrack;
  const nothing = () => undefined;
  const isShown = () => video.attachedElements.some((element) => element.getClientRects().length > 0);
  const size = { element: {}, width: () => 640, height: () => 360, get visible() { return isShown(); }, pictureInPicture: false, visibilityChangedAt: undefined, observe: nothing, stopObserving: nothing };
  video.observeElementInfo(size);
  return () => video.stopObservingElementInfo(size);
}

const own = new WeakMap<MediaStreamTrack, Picture>();

/** A local track as a picture, the same one each time. */
export function ownPicture(track: MediaStreamTrack | null): Picture | null {
  if (!track) return null;
  const known = own.get(track) ?? {
    key: track.id,
    attach: (element: HTMLVideoElement) => {
      element.srcObject = new MediaStream([track]);
    },
    detach: (element: HTMLVideoElement) => {
      element.srcObject = null;
    },
  };
  own.set(track, known);
  return known;
}
