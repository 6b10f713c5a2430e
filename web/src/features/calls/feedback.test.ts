import { expect, test } from "vitest";
import { ASKED, isDone, next, type Question, type QuestionInput } from "./feedback";

const after = (...inputs: QuestionInput[]): Question => inputs.reduce(next, ASKED);
const answer = (feedback: Extract<QuestionInput, { type: "answer" }>["feedback"]): QuestionInput => ({ type: "answer", feedback });

test("thanks are said only when the answer has been stored", () => {
  expect(after(answer({ answer: "no", problem: null })).step).toBe("storing");
  const thanks = after(answer({ answer: "no", problem: null }), { type: "stored" });
  expect([thanks.step, isDone(thanks)]).toEqual(["thanks", true]);
});

test("an answer that was not stored can be given again", () => {
  expect(after(answer({ answer: "yes", problem: null }), { type: "refused" })).toEqual({ step: "ask", hasFailed: true });
});

test("yes leaves room for one tap on what it was", () => {
  const yes = after(answer({ answer: "yes", problem: null }), { type: "stored" });
  expect(isDone(yes)).toBe(false);
  const tapped = [answer({ answer: "yes", problem: "not_heard" }), { type: "stored" } as const].reduce(next, yes);
  expect(tapped).toEqual({ step: "thanks", answer: "yes", problem: "not_heard" });
});

test("a second click while the first is on its way changes nothing", () => {
  const storing = after(answer({ answer: "no", problem: null }));
  expect(next(storing, answer({ answer: "yes", problem: null }))).toBe(storing);
});
