import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import { createStore } from "../../lib/store";
import { SELMA } from "../../lib/testing/fakes";
import { keepLastList } from "./lastList";
import { OfflinePage } from "./OfflinePage";

const item = { id: "c1", title: "Hälsocentralen Testköping", last_at: new Date().toISOString(), last_kind: "message" as const, last_call: null, unread: 0, presence: null, has_open_call: false, ready_at: null, is_noticed: false };

beforeEach(() => {
  vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
});

test("the last list can be read but not opened, and says when it was", () => {
  keepLastList({ ...SELMA, kind: "patient" }, createStore({ status: "ready", waiting: [], items: [item], next: null, unread: 0, more: "idle" }), () => new Date());
  render(<OfflinePage clinic="testkoping" tryAgain={async () => undefined} />);
  expect(screen.getByRole("status").textContent).toMatch(/^Du är offline\. Så här såg listan ut \d\d:\d\d\./u);
  expect(screen.getByText("Hälsocentralen Testköping")).toBeTruthy();
  expect(screen.queryByRole("link")).toBeNull();
});

test("without a list it says so much, and tries again when asked and when the network is back", async () => {
  const tryAgain = vi.fn(async () => undefined);
  render(<OfflinePage clinic="testkoping" tryAgain={tryAgain} />);
  expect(screen.getByText("Du är offline")).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: "Försök igen" }));
  dispatchEvent(new Event("online"));
  expect(tryAgain).toHaveBeenCalledTimes(2);
});
