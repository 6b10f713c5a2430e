import { expect, test, vi } from "vitest";
import { offerOnlyOurCodecs } from "./codecs";

const BROWSERS = {
  audio: ["audio/opus", "audio/red", "audio/PCMU", "audio/telephone-event"],
  video: ["video/VP8", "video/rtx", "video/H264", "video/AV1", "video/ulpfec"],
};

function browser(transceiver: object) {
  vi.stubGlobal("RTCRtpReceiver", { getCapabilities: (kind: keyof typeof BROWSERS) => ({ codecs: BROWSERS[kind].map((mimeType) => ({ mimeType })) }) });
  vi.stubGlobal("RTCPeerConnection", class {
    addTransceiver() {
      return transceiver;
    }
  });
}

test.each([
  ["a kind that is to be received", "audio", ["audio/opus", "audio/red"]],
  ["a kind that is to be received", "video", ["video/VP8", "video/rtx"]],
  ["a track that is to be sent", { kind: "video" }, ["video/VP8", "video/rtx"]],
])("%s is offered in our rooms' codecs alone", (_, what, expected) => {
  const offered: string[] = [];
  browser({ setCodecPreferences: (codecs: RTCRtpCodec[]) => offered.push(...codecs.map(({ mimeType }) => mimeType)) });
  offerOnlyOurCodecs();
  new RTCPeerConnection().addTransceiver(what as "audio" | MediaStreamTrack);
  expect(offered).toEqual(expected);
});

test("a browser that cannot choose offers all it has", () => {
  const transceiver = {};
  browser(transceiver);
  offerOnlyOurCodecs();
  expect(new RTCPeerConnection().addTransceiver("video")).toBe(transceiver);
});
