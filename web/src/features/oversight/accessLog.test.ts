import { expect, test } from "vitest";
import type { Access } from "../../api/wire";
import { fakeApi } from "../../lib/testing/fakes";
import { createAccessLog, lastMonth } from "./accessLog";
import { whoWords } from "./words";

const WANTED = { staff: "", patient: "", action: "call.ring", since: "2026-11-01", until: "2026-11-26" };
const row = (id: number): Access => ({ id, at: "2026-11-23T12:00:00Z", kind: "staff", who: "Selma Testkvist", action: "call.ring", patient: null });
const FIRST = "GET /audit?action=call.ring&since=2026-11-01&until=2026-11-26";

test("pages follow each other, and what was asked stays asked", async () => {
  const api = fakeApi({ [FIRST]: { items: [row(3), row(2)], next: "c" }, [`${FIRST}&before=c`]: { items: [row(1)], next: null } });
  const log = createAccessLog(api);
  await log.find(WANTED);
  await log.loadMore();
  await log.loadMore();
  expect(log.state.get()).toMatchObject({ status: "ready", next: null, more: "idle" });
  expect(log.state.get().items.map((one) => one.id)).toEqual([3, 2, 1]);
  expect(api.asked).toHaveLength(2);
});

test("a late answer to an earlier question is dropped", async () => {
  const answers: ((page: unknown) => void)[] = [];
  const api = { ...fakeApi({}), get: <T>() => new Promise<T>((resolve) => answers.push(resolve as (page: unknown) => void)) };
  const log = createAccessLog(api);
  const first = log.find(WANTED);
  const second = log.find({ ...WANTED, action: "" });
  answers[1]?.({ items: [row(2)], next: null });
  answers[0]?.({ items: [row(1)], next: null });
  await Promise.all([first, second]);
  expect(log.state.get().items.map((one) => one.id)).toEqual([2]);
});

test("what cannot be read is said, and the next question is asked anew", async () => {
  const log = createAccessLog(fakeApi({}));
  await log.find(WANTED);
  expect(log.state.get().status).toBe("failed");
  expect(log.state.get().problem).not.toBeNull();
});

test("the last month ends today, over the turn of a year too", () => {
  expect(lastMonth("2026-01-15")).toEqual({ since: "2025-12-16", until: "2026-01-15" });
});

test("whoever's name is kept no longer is not taken for the system", () => {
  expect(whoWords("Nora", "guest")).toBe("Nora (inbjuden)");
  expect(whoWords(null, "guest")).toBe("Namnet är raderat (inbjuden)");
  expect(whoWords(null, "system")).toBe("Systemet");
});
