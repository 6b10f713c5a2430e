import { History } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { InvitedBefore } from "../../api/wire";
import { i18n } from "../../lib/i18n";
import { Button } from "../../ui/Button";
import type { Inviting } from "./inviting";
import styles from "./SamePersons.module.css";
import { beforeWords, invitingProblem } from "./words";

interface Props {
  people: readonly InvitedBefore[];
  inviting: Pick<Inviting, "inviteAgain">;
}

/** After a call that ended by mistake: those it had invited, and one press for all of them. */
export function SamePersons({ people, inviting }: Props) {
  const [isBusy, setBusy] = useState(false);
  const [isDone, setDone] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const done = useRef<HTMLParagraphElement>(null);
  // The button that was pressed is gone: its place in the order of focus is taken by what became of it.
  useEffect(() => done.current?.focus(), [isDone]);

  async function invite(): Promise<void> {
    if (isBusy) return;
    setBusy(true);
    await inviting.inviteAgain().then(() => setDone(true), (error: unknown) => setFailure(invitingProblem(error)));
    setBusy(false);
  }

  if (isDone) {
    return (
      <p ref={done} tabIndex={-1} className={styles.done}>
        {i18n.t("Samma personer är inbjudna igen.")}
      </p>
    );
  }
  if (people.length === 0) return null;
  return (
    <section className={styles.same} aria-label={i18n.t("Från förra samtalet")}>
      <h3>{i18n.t("Från förra samtalet")}</h3>
      <ul role="list">
        {people.map((one) => (
          <Person key={one.id} words={beforeWords(one)} />
        ))}
      </ul>
      <Button icon={History} aria-disabled={isBusy} onClick={() => void invite()}>
        {i18n.t("Bjud in samma personer")}
      </Button>
      {failure && <p role="alert">{failure}</p>}
    </section>
  );
}

function Person({ words: [who, besides] }: { words: [string, string] }) {
  return (
    <li>
      {who}
      <small>{besides}</small>
    </li>
  );
}
