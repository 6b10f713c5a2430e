import { beforeEach, expect, test, vi } from "vitest";
import { ApiProblem } from "../../api/problems";
import type { CheckedNumber, NewInvitation } from "../../api/wire";
import { fieldProblem, InvitationDraft, PREFIX } from "./draft";

const GOOD: CheckedNumber = { number: "+46730925707", shown: "+46 73 092 57 07", region: "SE", problem: null };
const SHORT: CheckedNumber = { number: null, shown: "07", region: null, problem: "number-too-short" };
const answers: Record<string, CheckedNumber> = { "073-092 57 07": GOOD, "+46 70 111 22 33": { ...GOOD, number: "+46701112233", shown: "+46 70 111 22 33" }, "07": SHORT };
const check = vi.fn((number: string) => Promise.resolve(answers[number] ?? SHORT));
const sent: NewInvitation[][] = [];
let refusal: Error | null = null;
let made = 0;
const invite = (invitations: NewInvitation[]) => {
  sent.push(invitations);
  return refusal ? Promise.reject(refusal) : Promise.resolve();
};
const fresh = () => new InvitationDraft({ check, invite }, () => `id-${(made += 1)}`);

beforeEach(() => {
  sent.length = 0;
  made = 0;
  refusal = null;
  check.mockClear();
});

test("a number that was added is shown as its country writes it, and the field begins anew", async () => {
  const draft = fresh();
  draft.type("073-092 57 07");
  draft.choose("interpreter");
  await draft.add();
  expect(draft.state.get()).toMatchObject({ text: PREFIX, role: null, chips: [{ number: "+46730925707", shown: "+46 73 092 57 07", role: "interpreter" }] });
});

test("sending also takes the number that is still in the field", async () => {
  const draft = fresh();
  draft.type("073-092 57 07");
  await draft.add();
  draft.type("+46 70 111 22 33");
  await draft.send();
  expect(sent).toEqual([
    [
      { id: "id-1", number: "+46730925707", role: null, language: "sv" },
      { id: "id-2", number: "+46701112233", role: null, language: "sv" },
    ],
  ]);
  expect(draft.state.get().chips).toEqual([]);
});

test("sending waits for the number that is being added", async () => {
  const draft = fresh();
  draft.type("073-092 57 07");
  await Promise.all([draft.add(), draft.send()]);
  expect(sent).toEqual([[{ id: "id-1", number: "+46730925707", role: null, language: "sv" }]]);
  expect(draft.state.get()).toMatchObject({ chips: [], complaint: null });
});

test("what is typed while a number is being added stays in the field", async () => {
  const draft = fresh();
  draft.type("073-092 57 07");
  const adding = draft.add();
  draft.type("+46 70 111 22 33");
  await adding;
  expect(draft.state.get()).toMatchObject({ text: "+46 70 111 22 33", chips: [{ number: "+46730925707" }] });
});

test("a number that is not valid stops the sending", async () => {
  const draft = fresh();
  draft.type("07");
  await draft.send();
  expect(sent).toEqual([]);
  expect(draft.state.get().complaint).toBe("Kontrollera numret.");
  expect(fieldProblem(draft.state.get())).toBe("Numret är för kort.");
});

test.each([PREFIX, "", "+46 "])("nothing to send: %o", async (text) => {
  const draft = fresh();
  draft.type(text);
  await draft.send();
  expect(draft.state.get().complaint).toBe("Lägg till minst ett telefonnummer.");
  expect(check).not.toHaveBeenCalled();
});

test("one number is not added twice", async () => {
  const draft = fresh();
  for (const text of ["073-092 57 07", "073-092 57 07"]) {
    draft.type(text);
    await draft.add();
  }
  expect(draft.state.get().chips).toHaveLength(1);
  expect(fieldProblem(draft.state.get())).toBe("Numret finns redan i listan.");
});

test("what could not be sent stays, and keeps its ids for the next try", async () => {
  const draft = fresh();
  draft.type("073-092 57 07");
  refusal = new ApiProblem(429, "sms-clinic-limit", "");
  await draft.send();
  expect(draft.state.get().complaint).toBe("Gränsen för sms är nådd i dag. Kontakta administratören.");
  refusal = null;
  await draft.send();
  expect(sent.map((one) => one[0]?.id)).toEqual(["id-1", "id-1"]);
});

test("an answer about an older text is not shown under a newer one", async () => {
  vi.useFakeTimers();
  const draft = fresh();
  let answer: (checked: CheckedNumber) => void = () => undefined;
  check.mockImplementationOnce(() => new Promise((resolve) => (answer = resolve)));
  draft.type("07");
  vi.advanceTimersByTime(400);
  draft.type("073-092 57 07");
  answer(SHORT);
  await vi.advanceTimersByTimeAsync(1);
  expect(draft.state.get().checked).toBeNull();
  await vi.advanceTimersByTimeAsync(400);
  expect(draft.state.get().checked).toEqual(GOOD);
  vi.useRealTimers();
});

test("each number has its own language, Swedish at first", async () => {
  const draft = fresh();
  draft.type("073-092 57 07");
  draft.speak("en");
  await draft.add();
  expect(draft.state.get().language).toBe("sv");
  draft.type("+46 70 111 22 33");
  await draft.send();
  expect(sent[0]?.map(({ language }) => language)).toEqual(["en", "sv"]);
});

test("a second press while the first is at work is the same press", async () => {
  const draft = fresh();
  draft.type("073-092 57 07");
  await Promise.all([draft.add(), draft.add()]);
  expect(draft.state.get()).toMatchObject({ chips: [{ number: "+46730925707" }], complaint: null });
  draft.type("+46 70 111 22 33");
  await Promise.all([draft.add(), draft.send(), draft.send()]);
  expect(sent.map((one) => one.map(({ number }) => number))).toEqual([["+46730925707", "+46701112233"]]);
  expect(draft.state.get()).toMatchObject({ chips: [], complaint: null, isSending: false });
});
