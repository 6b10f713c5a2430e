import { type ReactNode, useEffect, useState } from "react";
import type { AccountKind } from "../../api/wire";
import { i18n } from "../../lib/i18n";
import { useStore } from "../../lib/store";
import { Button } from "../../ui/Button";
import { Empty } from "../../ui/Empty";
import { Waiting } from "../../ui/Waiting";
import { SessionContext } from "./context";
import { createSessionDoor } from "./session";
import { SignInPage } from "./SignInPage";

interface Props {
  kind: AccountKind;
  clinic: string;
  /** As in createSessionDoor. */
  asksAgain?: boolean;
  /** What to show while the server cannot be reached, when there is more to say than that. */
  unreachable?: (tryAgain: () => Promise<void>) => ReactNode;
  children: ReactNode;
}

/** Shows its children to somebody signed in at this clinic, and the way in to everybody else. */
export function SessionGate({ kind, clinic, asksAgain = false, unreachable, children }: Props) {
  const [door] = useState(() => createSessionDoor(kind, clinic, asksAgain));
  const state = useStore(door.state);
  useEffect(() => void door.load(), [door]);

  if (state.status === "loading") return <Waiting>{i18n.t("Närvaro öppnas …")}</Waiting>;
  if (state.status === "signed-out") return <SignInPage kind={kind} clinic={clinic} hasBeenIn={state.hasBeenIn} />;
  if (state.status === "signed-in") return <SessionContext value={state.session}>{children}</SessionContext>;
  return unreachable ? unreachable(() => door.load(true)) : <Unreachable tryAgain={() => door.load()} />;
}

export function Unreachable({ tryAgain }: { tryAgain: () => Promise<void> }) {
  return (
    <Empty heading={i18n.t("Närvaro svarar inte just nu.")}>
      <p>{i18n.t("Kontrollera din anslutning och försök igen.")}</p>
      <Button tone="primary" onClick={() => void tryAgain()}>
        {i18n.t("Försök igen")}
      </Button>
    </Empty>
  );
}
