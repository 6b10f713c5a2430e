import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import type { PatientPage } from "../../api/wire";
import { fakeApi, fakeSocket, SELMA } from "../../lib/testing/fakes";
import { SessionContext } from "../session/context";
import { NewConversationDialog } from "./NewConversationDialog";

function show(page: PatientPage) {
  render(
    <SessionContext value={{ me: SELMA, api: fakeApi({ "GET /patients": page }), socket: fakeSocket(), signOut: () => Promise.resolve() }}>
      <NewConversationDialog onOpened={() => undefined} onClose={() => undefined} />
    </SessionContext>,
  );
  return screen.findByRole("button", { name: /Sofia Lind/u });
}

const SOFIA = { id: "a", name: "Sofia Lind", conversation_id: null };
const MORE = "Det finns fler. Skriv mer av namnet.";

test("staff read that more patients have the name than are shown", async () => {
  await show({ items: [SOFIA], more: true });
  expect(screen.getByText(MORE)).toBeDefined();
});

test("and nothing of the kind when all are shown", async () => {
  await show({ items: [SOFIA], more: false });
  expect(screen.queryByText(MORE)).toBeNull();
});
