import { CircleCheck } from "lucide-react";
import { useEffect, useReducer, useRef } from "react";
import type { NewFeedback } from "../../api/wire";
import { i18n } from "../../lib/i18n";
import { Button } from "../../ui/Button";
import { Wordmark } from "../../ui/Wordmark";
import { useSession } from "../session/context";
import { ASKED, isDone, next, type ProblemKind, PROBLEMS } from "./feedback";
import styles from "./Question.module.css";

interface Props {
  callId: string;
  /** After *Nej* (2 s later), *Hoppa över* or *Stäng*. */
  onDone: () => void;
  /** Beside the answers, such as *Ring igen*. */
  children?: React.ReactNode;
}

const THANKS_FOR_MS = 2_000;

/** The question after a call; each answer is stored with its click. */
export function Question({ callId, onDone, children }: Props) {
  const { me, api } = useSession();
  const [state, step] = useReducer(next, ASKED);
  const done = useRef(onDone);
  const heading = useRef<HTMLHeadingElement>(null);
  const isThanked = state.step === "thanks";
  useEffect(() => {
    done.current = onDone;
  });
  useEffect(() => heading.current?.focus(), [isThanked]);
  useEffect(() => {
    if (!isDone(state)) return;
    const timer = setTimeout(() => done.current(), state.step === "thanks" && state.answer === "skipped" ? 0 : THANKS_FOR_MS);
    return () => clearTimeout(timer);
  }, [state]);

  function give(answer: NewFeedback["answer"], problem: ProblemKind | null = null): void {
    const feedback = { answer, problem };
    step({ type: "answer", feedback });
    api.put(`/calls/${callId}/feedback`, feedback).then(
      () => step({ type: "stored" }),
      () => step({ type: "refused" }),
    );
  }

  const isBusy = state.step === "storing";
  const wantsKind = state.step === "thanks" ? state.answer === "yes" : state.step === "storing" && Boolean(state.feedback.problem);
  if (isThanked || wantsKind) {
    return (
      <section className={styles.question}>
        <CircleCheck className={styles.thanks} aria-hidden size={40} />
        <h1 ref={heading} tabIndex={-1}>
          {i18n.t("Tack för ditt svar!")}
        </h1>
        {wantsKind && !(state.step === "thanks" && state.problem) && (
          <>
            <p>{i18n.t("Vill du berätta vad det var? Tryck på det som stämmer bäst.")}</p>
            <div className={styles.kinds}>
              {PROBLEMS.map((kind) => (
                <Button key={kind} disabled={isBusy} onClick={() => give("yes", kind)}>
                  {kindText(kind)}
                </Button>
              ))}
            </div>
          </>
        )}
        {wantsKind && (
          <Button tone={state.step === "thanks" && state.problem ? "plain" : "quiet"} onClick={onDone}>
            {i18n.t("Stäng")}
          </Button>
        )}
      </section>
    );
  }
  return (
    <section className={styles.question}>
      <h1 ref={heading} tabIndex={-1}>
        {i18n.t("Upplevde du några tekniska problem under videosamtalet?")}
      </h1>
      <div className={styles.answers}>
        <Button size="large" isWide disabled={isBusy} onClick={() => give("yes")}>
          {i18n.t("Ja")}
        </Button>
        <Button size="large" isWide disabled={isBusy} onClick={() => give("no")}>
          {i18n.t("Nej")}
        </Button>
      </div>
      {me.kind !== "staff" && (
        <Button tone="quiet" disabled={isBusy} onClick={() => give("skipped")}>
          {i18n.t("Hoppa över")}
        </Button>
      )}
      <p role="alert">{state.step === "ask" && state.hasFailed && i18n.t("Svaret kunde inte sparas. Tryck igen.")}</p>
      {children}
    </section>
  );
}

/** The question on a page of its own. */
export function QuestionSheet(question: Props) {
  return (
    <div className={styles.sheet}>
      <Wordmark />
      <Question {...question} />
    </div>
  );
}

function kindText(kind: ProblemKind): string {
  switch (kind) {
    case "not_hearing_others":
      return i18n.t("Hörde inte de andra");
    case "not_heard":
      return i18n.t("De andra hörde inte mig");
    case "not_seeing_others":
      return i18n.t("Såg inte de andra");
    case "not_seen":
      return i18n.t("De andra såg inte mig");
    case "picture_froze":
      return i18n.t("Bilden frös");
    case "call_broke":
      return i18n.t("Samtalet bröts");
    case "other":
      return i18n.t("Annat");
  }
}
