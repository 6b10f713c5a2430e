import { act, renderHook } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import type { CallSnapshot } from "../../api/wire";
import { attendance, callSnapshot } from "./testing/builders";
import { useArrivals } from "./useArrivals";

const alone = callSnapshot({ attendances: [attendance("staff"), attendance("patient")] });
const guest = attendance("guest", { id: "g1", name: "Amira Tolk", role: "interpreter", invited_by_name: "Selma Testkvist" });
const together = callSnapshot({ attendances: [...alone.attendances, guest] });
const isPatient = (one: { kind: string }) => one.kind === "patient";

function watching(first: CallSnapshot, isMe = isPatient) {
  return renderHook(({ call }: { call: CallSnapshot }) => useArrivals(call, isMe), { initialProps: { call: first } });
}

test("who comes in is told with their role and who invited them, for a while", () => {
  vi.useFakeTimers();
  const { result, rerender } = watching(alone);
  expect(result.current).toBeNull();
  rerender({ call: together });
  expect(result.current).toBe("Amira Tolk (tolk) kommer in – inbjuden av Selma Testkvist.");
  act(() => vi.advanceTimersByTime(60_000));
  expect(result.current).toBeNull();
  vi.useRealTimers();
});

test("who was there before, and I myself, are no news", () => {
  expect(watching(together).result.current).toBeNull();
  const mine = watching(alone, (one) => one.kind === "guest");
  mine.rerender({ call: together });
  expect(mine.result.current).toBeNull();
});
