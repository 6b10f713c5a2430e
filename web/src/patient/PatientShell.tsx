import { useEffect } from "react";
import { IncomingCallLayer } from "../features/calls/IncomingCallLayer";
import { ConversationView } from "../features/conversations/ConversationView";
import { ConversationsProvider, useConversations } from "../features/conversations/provider";
import { LineBanner } from "../features/session/LineBanner";
import { useSession } from "../features/session/context";
import { i18n } from "../lib/i18n";
import { matchPath, usePath } from "../lib/router";
import { useStore } from "../lib/store";
import { showTitle } from "../lib/title";
import { HomePage } from "./HomePage";
import { ReadyBar, SettingsPages } from "./parts";
import styles from "./PatientShell.module.css";

/** The patient's app. An incoming call lies over everything. */
export function PatientShell({ clinic }: { clinic: string }) {
  const { me, socket } = useSession();
  return (
    <ConversationsProvider>
      <IncomingCallLayer me={me} socket={socket}>
        <Pages clinic={clinic} />
      </IncomingCallLayer>
    </ConversationsProvider>
  );
}

function Pages({ clinic }: { clinic: string }) {
  const { inbox } = useConversations();
  const { unread } = useStore(inbox.state);
  const path = usePath();
  const id = matchPath("/patient/:clinic/conversations/:id", path)?.id ?? null;
  const home = `/patient/${clinic}/`;
  const isSettings = path.startsWith(`${home}settings`);
  useEffect(() => showTitle(isSettings ? i18n.t("Inställningar") : id ? i18n.t("Ärende") : i18n.t("Ärenden"), unread));
  return (
    <div className={styles.shell}>
      <LineBanner />
      <main className={styles.main}>
        {isSettings ? (
          <SettingsPages home={home} path={path} />
        ) : id ? (
          <ConversationView key={id} id={id} backTo={home} isAlone notice={(conversation) => <ReadyBar conversation={conversation} />} />
        ) : (
          <HomePage home={home} />
        )}
      </main>
    </div>
  );
}
