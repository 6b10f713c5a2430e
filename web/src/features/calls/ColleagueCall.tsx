import { Hand, Video } from "lucide-react";
import { useCallback, useEffect, useState } from "react";
import { ApiProblem } from "../../api/problems";
import type { CallSnapshot, ConversationSnapshot, KnockRef } from "../../api/wire";
import { i18n } from "../../lib/i18n";
import { Button } from "../../ui/Button";
import { createInviting } from "../invitations/inviting";
import { KnockCards } from "../invitations/KnockCards";
import { invitingProblem } from "../invitations/words";
import { useSession } from "../session/context";
import { type Joining, joiningOf } from "./joining";
import styles from "./StartCallButton.module.css";

type OpenCall = NonNullable<ConversationSnapshot["call"]>;

/** A colleague's call in this conversation: who is in it, the way to ask, and the way in. */
export function ColleagueCall({ call, onOpen }: { call: OpenCall; onOpen: () => void }) {
  const { joining, failure, ask } = useJoining(call);
  const names = call.in_call.join(", ");
  return (
    <>
      <p className={styles.others}>
        <Video aria-hidden size={18} />
        {names ? i18n.t("I videosamtal nu: {names}", { names }) : i18n.t("En kollega ringer patienten.")}
      </p>
      <div className={styles.joining} role="status">
        {joining === "waiting" && <p>{i18n.t("Väntar på att släppas in")}</p>}
        {joining === "refused" && <p>{i18n.t("Du släpptes inte in.")}</p>}
        {failure && <p>{failure}</p>}
      </div>
      {joining === "admitted" ? (
        <Button tone="primary" icon={Video} onClick={onOpen}>
          {i18n.t("Gå till samtalet")}
        </Button>
      ) : (
        joining !== "waiting" && (
          <Button icon={Hand} onClick={() => void ask()}>
            {i18n.t("Be att få vara med")}
          </Button>
        )
      )}
      {joining === "admitted" && <ConversationKnocks call={call} />}
    </>
  );
}

/** The same cards as in the call window, for when that lies behind. */
export function ConversationKnocks({ call }: { call: OpenCall }) {
  const { api } = useSession();
  return (
    <div className={styles.knocks}>
      <KnockCards knocks={call.knocks} inviting={createInviting(api, call.id)} />
    </div>
  );
}

function useJoining(call: OpenCall): { joining: Joining; failure: string | null; ask: () => Promise<void> } {
  const { api, me } = useSession();
  const key = `narvaro.asked.${call.id}`;
  const [joining, setJoining] = useState<Joining>("outside");
  const [failure, setFailure] = useState<string | null>(null);
  const look = useCallback(
    () =>
      api.get<CallSnapshot>(`/calls/${call.id}`).then(
        (told) => setJoining(joiningOf(told, me, sessionStorage.getItem(key))),
        () => undefined,
      ),
    [api, call.id, me, key],
  );
  const facts = [...call.in_call, ...call.knocks.map((knock) => knock.id)].join();
  useEffect(() => {
    void look();
  }, [look, facts]);

  async function ask(): Promise<void> {
    try {
      sessionStorage.setItem(key, (await api.post<KnockRef>(`/calls/${call.id}/knocks`)).id);
      setFailure(null);
    } catch (error) {
      if (!(error instanceof ApiProblem && error.code === "already-in-call")) setFailure(invitingProblem(error));
    }
    await look();
  }

  return { joining, failure, ask };
}
