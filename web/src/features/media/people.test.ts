import { expect, test } from "vitest";
import { holdMiddle } from "./people";

test("a held picture is asked for in the middle layer's size while it is shown, until it is let go", () => {
  const wishes: { width(): number; height(): number; visible: boolean }[] = [];
  const rooms = [{}];
  const track = {
    attachedElements: [{ getClientRects: () => rooms }],
    observeElementInfo: (one: (typeof wishes)[number]) => wishes.push(one),
    stopObservingElementInfo: (one: (typeof wishes)[number]) => wishes.splice(wishes.indexOf(one), 1),
  };
  const letGo = holdMiddle(track);
  expect(wishes.map((one) => [one.width(), one.height(), one.visible])).toEqual([[640, 360, true]]);
  rooms.pop();
  expect(wishes[0]?.visible, "a panel covers it").toBe(false);
  letGo();
  expect(wishes).toEqual([]);
});
