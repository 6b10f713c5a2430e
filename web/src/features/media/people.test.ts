import { expect, test } from "vitest";
import { holdMiddle } from "./people";

test("a held picture is asked for in the middle layer's size, as if it were shown so, until it is let go", () => {
  const shown: { width(): number; height(): number; visible: boolean }[] = [];
  const track = {
    observeElementInfo: (one: (typeof shown)[number]) => shown.push(one),
    stopObservingElementInfo: (one: (typeof shown)[number]) => shown.splice(shown.indexOf(one), 1),
  };
  const letGo = holdMiddle(track);
  expect(shown.map((one) => [one.width(), one.height(), one.visible])).toEqual([[640, 360, true]]);
  letGo();
  expect(shown).toEqual([]);
});
