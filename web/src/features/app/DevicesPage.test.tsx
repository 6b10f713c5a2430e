import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { SignedInDevice } from "../../api/wire";
import { fakeApi, fakeSocket, SELMA } from "../../lib/testing/fakes";
import { SessionContext } from "../session/context";
import { DevicesPage } from "./DevicesPage";

const now = new Date().toISOString();
const THIS: SignedInDevice = { id: "d1", user_agent: "Mozilla (iPhone) Safari/604.1", signed_in_at: now, seen_at: now, is_this: true };
const OTHER: SignedInDevice = { ...THIS, id: "d2", user_agent: "Mozilla (Windows NT 10.0) Chrome/156.0", is_this: false };

test("another device is signed out by its name, and this one is not offered", async () => {
  let devices = [THIS, OTHER];
  const api = fakeApi({
    "GET /sessions": () => devices,
    "DELETE /sessions/d2": () => {
      devices = [THIS];
    },
  }, "patient");
  render(
    <SessionContext value={{ me: { ...SELMA, kind: "patient" }, api, socket: fakeSocket(), signOut: async () => undefined }}>
      <DevicesPage />
    </SessionContext>,
  );
  await userEvent.click(await screen.findByRole("button", { name: "Logga ut Chrome på Windows" }));
  expect(await screen.findByText("Chrome på Windows är utloggad.")).toBeTruthy();
  expect(screen.getByText("Den här enheten")).toBeTruthy();
  expect(screen.queryByRole("button")).toBeNull();
});
