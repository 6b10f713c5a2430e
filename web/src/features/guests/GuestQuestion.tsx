import { i18n } from "../../lib/i18n";
import { QuestionSheet } from "../calls/Question";
import question from "../calls/Question.module.css";

/** The question, then the kind end. */
export function GuestQuestion({ callId, onDone }: { callId: string; onDone: () => void }) {
  return (
    <main className={question.over}>
      <QuestionSheet callId={callId} onDone={onDone}>
        <p className={question.facts} role="status">
          {i18n.t("Samtalet är avslutat.")}
        </p>
      </QuestionSheet>
    </main>
  );
}
