import { expect, test } from "vitest";
import { answerForWindow, isAnyWindowOpen } from "./windows";

test("a window that goes on to another call is found by that one's name, and answers for it", async () => {
  answerForWindow("before")();
  const quiet = answerForWindow("after");
  expect(window.name).toBe("narvaro-call-after");
  expect(await Promise.all([isAnyWindowOpen("after"), isAnyWindowOpen("before")])).toEqual([true, false]);
  quiet();
});
