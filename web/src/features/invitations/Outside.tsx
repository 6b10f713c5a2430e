import { Hourglass, PhoneCall } from "lucide-react";
import type { CallSnapshot } from "../../api/wire";
import { i18n } from "../../lib/i18n";
import { InvitationFacts } from "./InvitedList";
import type { Inviting } from "./inviting";
import styles from "./Outside.module.css";
import { SamePersons } from "./SamePersons";

/** In the panel below those in the call: who is rung, who is invited, who could be once more. */
export function Outside({ call, inviting }: { call: CallSnapshot; inviting: Pick<Inviting, "inviteAgain"> }) {
  const invited = call.invitations.filter(({ state }) => state !== "in_call" && state !== "waiting");
  const isRinging = call.ring?.status === "ringing";
  const isAnybody = invited.length > 0 || isRinging;
  return (
    <section className={styles.outside} aria-label={i18n.t("Inte i samtalet än")}>
      {isAnybody && <h3>{i18n.t("Inte i samtalet än")}</h3>}
      <ul role="list" className={styles.list}>
        {isRinging && (
          <li className={styles.row}>
            <PhoneCall aria-hidden size={20} />
            <div>
              {call.patient_name}
              <small>{i18n.t("patient · ringer")}</small>
            </div>
          </li>
        )}
        {invited.map((invitation) => (
          <li key={invitation.id} className={styles.row}>
            <Hourglass aria-hidden size={20} />
            <InvitationFacts invitation={invitation} />
          </li>
        ))}
      </ul>
      <SamePersons people={call.invited_before} inviting={inviting} />
    </section>
  );
}
