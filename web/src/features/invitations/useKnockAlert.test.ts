import { renderHook } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import type { Knock } from "../../api/wire";
import { playKnock } from "./chime";
import { aKnock } from "./testing/builders";
import { useKnockAlert } from "./useKnockAlert";

vi.mock("./chime", () => ({ playKnock: vi.fn() }));
afterEach(() => vi.clearAllMocks());

test("each new knock is heard once and counted in the window's title, an answered one is neither", () => {
  const amira = aKnock({ id: "amira" });
  const { rerender } = renderHook(({ knocks }: { knocks: Knock[] }) => useKnockAlert(knocks, "Videosamtal"), { initialProps: { knocks: [] as Knock[] } });
  expect(playKnock).not.toHaveBeenCalled();
  rerender({ knocks: [amira] });
  expect(playKnock).toHaveBeenCalledTimes(1);
  expect(document.title).toContain("(1)");
  rerender({ knocks: [{ ...amira }] });
  expect(playKnock).toHaveBeenCalledTimes(1);
  rerender({ knocks: [amira, aKnock({ id: "erik" })] });
  expect(playKnock).toHaveBeenCalledTimes(2);
  expect(document.title).toContain("(2)");
  rerender({ knocks: [] });
  expect(playKnock).toHaveBeenCalledTimes(2);
  expect(document.title).not.toContain("(");
});
