import { useEffect, useState } from "react";
import { roleWords } from "../../api/roles";
import type { Invitation } from "../../api/wire";
import { i18n } from "../../lib/i18n";
import { clock } from "../../lib/time";
import { Button } from "../../ui/Button";
import styles from "./InviteDialog.module.css";
import type { Inviting } from "./inviting";
import { invitingProblem, languageWords, stateWords } from "./words";

/** *Redan inbjudna*: each number with how far it has come, and what can be done about it. */
export function InvitedList({ invitations, inviting }: { invitations: readonly Invitation[]; inviting: Inviting }) {
  if (invitations.length === 0) return <p className={styles.soft}>{i18n.t("Ingen har bjudits in till detta samtal än.")}</p>;
  return (
    <ul role="list" className={styles.invited}>
      {invitations.map((invitation) => (
        <InvitedRow key={invitation.id} invitation={invitation} inviting={inviting} />
      ))}
    </ul>
  );
}

function InvitedRow({ invitation, inviting }: { invitation: Invitation; inviting: Inviting }) {
  const { id, number, state, may_resend_at: mayResendAt } = invitation;
  const [failure, setFailure] = useState<string | null>(null);
  const isEarly = useIsBefore(mayResendAt);
  const [isBusy, setBusy] = useState(false);
  const isOver = state === "revoked" || state === "removed";

  async function attempt(work: (id: string) => Promise<void>): Promise<void> {
    if (isBusy) return;
    setBusy(true);
    await work(id).then(() => setFailure(null), (error: unknown) => setFailure(invitingProblem(error)));
    setBusy(false);
  }

  return (
    <li className={styles.row}>
      <InvitationFacts invitation={invitation} />
      {!isOver && (
        <div className={styles.rowButtons}>
          {mayResendAt && state !== "in_call" && (
            <Button aria-disabled={isEarly || isBusy} onClick={() => isEarly || void attempt(inviting.textAgain)}>
              {i18n.t("Nytt sms till {number}", { number })}
            </Button>
          )}
          <Button tone="quiet" aria-disabled={isBusy} onClick={() => void attempt(inviting.revoke)}>
            {i18n.t("Återkalla inbjudan till {number}", { number })}
          </Button>
        </div>
      )}
      {!isOver && isEarly && mayResendAt && state !== "in_call" && <p className={styles.soft}>{i18n.t("Nytt sms kan skickas {at}.", { at: clock(mayResendAt) })}</p>}
      {failure && <p role="alert">{failure}</p>}
    </li>
  );
}

/** Number, name, role and state on two lines. */
export function InvitationFacts({ invitation }: { invitation: Invitation }) {
  const { number, name, role, language } = invitation;
  const facts = [name && number, role && roleWords(role), languageWords(language), stateWords(invitation)].filter(Boolean);
  return (
    <div className={styles.facts} data-state={invitation.state}>
      {name ?? number}
      <small>{facts.join(" · ")}</small>
    </div>
  );
}

/** Drawn anew when the time has come. */
function useIsBefore(at: string | null): boolean {
  const [now, setNow] = useState(() => Date.now());
  const wait = at ? Date.parse(at) - now : 0;
  useEffect(() => {
    if (wait <= 0) return;
    const timer = setTimeout(() => setNow(Date.now()), wait + 200);
    return () => clearTimeout(timer);
  }, [wait]);
  return wait > 0;
}
