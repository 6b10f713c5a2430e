import { DoorOpen } from "lucide-react";
import { useState } from "react";
import type { Knock } from "../../api/wire";
import { i18n } from "../../lib/i18n";
import { Button } from "../../ui/Button";
import type { Inviting } from "./inviting";
import styles from "./KnockCards.module.css";
import { deviceWords, invitingProblem, knockFacts } from "./words";

interface Props {
  knocks: readonly Knock[];
  inviting: Pick<Inviting, "admit" | "refuse">;
  /** Somebody shares a surface now. */
  isSharing?: boolean;
}

/** Everybody who asks to be let in, with what is known of them. Mount it before anybody does: it is a live region. */
export function KnockCards({ knocks, inviting, isSharing = false }: Props) {
  return (
    <div className={styles.cards} role="alert">
      {knocks.map((knock) => (
        <KnockCard key={knock.id} knock={knock} inviting={inviting} isSharing={isSharing} />
      ))}
    </div>
  );
}

function KnockCard({ knock, inviting, isSharing }: { knock: Knock; inviting: Props["inviting"]; isSharing: boolean }) {
  const [failure, setFailure] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const { name } = knock;

  async function answer(work: Promise<void>): Promise<void> {
    setBusy(true);
    await work.then(() => setFailure(null), (error: unknown) => setFailure(invitingProblem(error)));
    setBusy(false);
  }

  return (
    <section className={styles.card} aria-label={i18n.t("{name} vill vara med", { name })}>
      <DoorOpen aria-hidden size={22} />
      <div className={styles.words}>
        <p className={styles.name}>{i18n.t("{name} vill vara med", { name })}</p>
        <p>{knockFacts(knock).join(" · ")}</p>
        <p>{deviceWords(knock)}</p>
        {isSharing && <p className={styles.warning}>{i18n.t("{name} kommer att se det du delar", { name })}</p>}
      </div>
      <div className={styles.answers}>
        <Button tone="go" disabled={isBusy} onClick={() => void answer(inviting.admit(knock.id))}>
          {i18n.t("Släpp in {name}", { name })}
        </Button>
        <Button disabled={isBusy} onClick={() => void answer(inviting.refuse(knock.id))}>
          {i18n.t("Neka {name}", { name })}
        </Button>
      </div>
      {failure && <p role="alert">{failure}</p>}
    </section>
  );
}
