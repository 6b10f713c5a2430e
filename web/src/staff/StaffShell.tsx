import { MessagesSquare } from "lucide-react";
import { lazy, Suspense, useEffect } from "react";
import { ConversationView } from "../features/conversations/ConversationView";
import { ConversationsProvider, useConversations } from "../features/conversations/provider";
import { isReadySoundOn, switchReadySound } from "../features/conversations/readySound";
import { useReadyAlert } from "../features/conversations/useReadyAlert";
import { AccountMenu } from "../features/session/AccountMenu";
import { LineBanner } from "../features/session/LineBanner";
import { useSession } from "../features/session/context";
import { i18n } from "../lib/i18n";
import { matchPath, navigate, usePath } from "../lib/router";
import { useStore } from "../lib/store";
import { showTitle } from "../lib/title";
import { Empty } from "../ui/Empty";
import { MenuItem } from "../ui/Menu";
import { Waiting } from "../ui/Waiting";
import { Wordmark } from "../ui/Wordmark";
import { CaseAction } from "./CaseAction";
import { CasePane } from "./CasePane";
import styles from "./StaffShell.module.css";

const OversightPages = lazy(async () => ({ default: (await import("../features/oversight/OversightPages")).OversightPages }));

/** The staff's page: list to the left, conversation to the right; one of them at a time on a narrow screen. */
export function StaffShell({ clinic }: { clinic: string }) {
  return (
    <ConversationsProvider>
      <Shell clinic={clinic} />
    </ConversationsProvider>
  );
}

function Shell({ clinic }: { clinic: string }) {
  const { me } = useSession();
  const { inbox } = useConversations();
  const { unread } = useStore(inbox.state);
  const isSoundOn = useStore(isReadySoundOn);
  const readyWords = useReadyAlert();
  const path = usePath();
  const id = matchPath("/staff/:clinic/conversations/:id", path)?.id ?? null;
  const isAdministrator = me.role === "administrator";
  const isOversight = isAdministrator && /\/(access-log|spot-checks)(\/|$)/u.test(path);
  const home = `/staff/${clinic}/`;
  useEffect(() => showTitle(i18n.t("Ärenden"), unread));

  return (
    <div className={styles.shell} data-open={id !== null || undefined}>
      <header className={styles.header}>
        <Wordmark />
        <span className={styles.clinic}>{me.clinic_name}</span>
        <AccountMenu>
          <MenuItem onChoose={switchReadySound}>{isSoundOn ? i18n.t("Stäng av ljud när någon är redo") : i18n.t("Slå på ljud när någon är redo")}</MenuItem>
          {isAdministrator && <MenuItem onChoose={() => navigate(`${home}access-log`)}>{i18n.t("Åtkomstlogg")}</MenuItem>}
        </AccountMenu>
      </header>
      <LineBanner />
      <p className="hidden-words" role="status">
        {readyWords}
      </p>
      {isOversight ? (
        <Suspense fallback={<Waiting>{i18n.t("Loggen hämtas …")}</Waiting>}>
          <OversightPages home={home} path={path} />
        </Suspense>
      ) : (
        <div className={styles.panes}>
          <CasePane home={home} currentId={id} />
          <main className={styles.main}>
            {id ? (
              <ConversationView key={id} id={id} backTo={home} action={(conversation) => <CaseAction conversation={conversation} me={me} />} />
            ) : (
              <Empty icon={MessagesSquare} heading={i18n.t("Välj ett ärende i listan")}>
                <p>{i18n.t("Eller börja ett nytt med Nytt ärende.")}</p>
              </Empty>
            )}
          </main>
        </div>
      )}
    </div>
  );
}
