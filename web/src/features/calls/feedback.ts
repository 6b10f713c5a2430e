import type { NewFeedback } from "../../api/wire";

export type ProblemKind = NonNullable<NewFeedback["problem"]>;
export const PROBLEMS: ProblemKind[] = ["not_hearing_others", "not_heard", "not_seeing_others", "not_seen", "picture_froze", "call_broke", "other"];

/** The question after a call. The answer is stored with the click; only then does the page thank. */
export type Question =
  | { step: "ask"; hasFailed: boolean }
  | { step: "storing"; feedback: NewFeedback }
  | { step: "thanks"; answer: NewFeedback["answer"]; problem: ProblemKind | null };

export type QuestionInput = { type: "answer"; feedback: NewFeedback } | { type: "stored" } | { type: "refused" };

export const ASKED: Question = { step: "ask", hasFailed: false };

export function next(state: Question, input: QuestionInput): Question {
  if (input.type === "answer") return state.step === "storing" ? state : { step: "storing", feedback: input.feedback };
  if (state.step !== "storing") return state;
  const { answer, problem } = state.feedback;
  if (input.type === "stored" || problem) return { step: "thanks", answer, problem: input.type === "stored" ? (problem ?? null) : null };
  return { step: "ask", hasFailed: true };
}

/** After *Nej* and *Hoppa över* nothing more is asked. */
export function isDone(state: Question): boolean {
  return state.step === "thanks" && state.answer !== "yes";
}
