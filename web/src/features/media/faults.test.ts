import { expect, test, vi } from "vitest";
import { type DeviceFault, faultOf, faultText } from "./faults";
import { loudness } from "./level";

test("what the browser refuses with is given its own name", () => {
  vi.stubGlobal("navigator", { mediaDevices: {} });
  const names = ["NotFoundError", "NotAllowedError", "NotReadableError", "TypeError"];
  expect(names.map((name) => faultOf(new DOMException("", name)))).toEqual(["none", "denied", "in-use", "blocked"]);
  vi.unstubAllGlobals();
});

test("every fault of either device has its own text and one next step", () => {
  const faults: DeviceFault[] = ["none", "denied", "in-use", "unplugged", "blocked"];
  const texts = faults.flatMap((fault) => [faultText("camera", fault), faultText("microphone", fault)]);
  expect(new Set(texts.map((text) => text.what)).size).toBe(10);
  expect(texts.every((text) => text.step.endsWith("."))).toBe(true);
});

test("silence reads as nothing and a loud voice as full", () => {
  expect(loudness(new Float32Array(512))).toBe(0);
  expect(loudness(new Float32Array(512).fill(0.5))).toBe(1);
});
