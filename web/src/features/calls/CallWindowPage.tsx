import { LogOut, type LucideIcon, PhoneOff, UserRoundX, Video } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { query } from "../../api/client";
import type { CallSnapshot } from "../../api/wire";
import { i18n } from "../../lib/i18n";
import { useStore } from "../../lib/store";
import { clock } from "../../lib/time";
import { showTitle } from "../../lib/title";
import { Button, buttonClass } from "../../ui/Button";
import { ConversationsProvider } from "../conversations/provider";
import { lengthText } from "../conversations/words";
import { loadLiveKit } from "../media/livekit";
import { useSession } from "../session/context";
import { stageOf } from "./callWindow";
import { OngoingCall } from "./OngoingCall";
import { QuestionSheet } from "./Question";
import styles from "./Question.module.css";
import { RingingCard } from "./RingingCard";
import { StaffCallScreen } from "./StaffCallScreen";
import { callAddress, answerForWindow } from "./windows";

/** The page at /staff/{clinic}/call/{callId}?conversation={id}; it belongs to the staff member who opened it. */
export function CallWindowPage({ callId }: { callId: string }) {
  const { me } = useSession();
  const owner = ownerOf(callId, me);
  useEffect(() => showTitle(i18n.t("Videosamtal"), 0));
  if (owner.id !== me.id) return <Foreign name={owner.name} />;
  return (
    <ConversationsProvider>
      <OwnCall key={callId} callId={callId} ownerName={owner.name} />
    </ConversationsProvider>
  );
}

function OwnCall({ callId, ownerName }: { callId: string; ownerName: string }) {
  const { me, api, socket } = useSession();
  const [conversationId] = useState(() => new URLSearchParams(location.search).get("conversation") ?? "");
  const [ongoing] = useState(() => new OngoingCall(callId, me, api, socket));
  const state = useStore(ongoing.state);
  const stage = stageOf(state);
  const [wasAsked, setAsked] = useState(false);
  const [hasLeft, setLeft] = useState(false);
  if (stage === "asking" && !wasAsked) setAsked(true);
  useEffect(() => {
    void loadLiveKit().catch(() => undefined);
    void ongoing.media.devices.start();
    void ongoing.place(conversationId);
    const quiet = answerForWindow(callId);
    return () => {
      quiet();
      ongoing.stop();
    };
  }, [ongoing, callId, conversationId]);

  const { call } = state;
  if (hasLeft) {
    return (
      <Message icon={LogOut} words={i18n.t("Du har lämnat samtalet. Det pågår fortfarande.")}>
        <Button tone="primary" onClick={() => location.reload()}>
          {i18n.t("Gå tillbaka till samtalet")}
        </Button>
      </Message>
    );
  }
  if (stage === "foreign") return <Foreign name={ownerName} />;
  if (stage === "taken") return <Message icon={Video} words={i18n.t("Ett videosamtal pågår redan i ärendet.")} />;
  if (wasAsked && call) {
    return (
      <main className={styles.over}>
        <QuestionSheet callId={callId} onDone={() => window.close()}>
          <div className={styles.after}>
            <EndFacts call={call} />
            <CallAnew conversationId={conversationId} />
          </div>
        </QuestionSheet>
      </main>
    );
  }
  if (stage === "over" && call) {
    return (
      <Message icon={PhoneOff} words={overWords(call)}>
        <CallAnew conversationId={conversationId} />
      </Message>
    );
  }
  const isAnswered = stage === "talking";
  return (
    <StaffCallScreen
      ongoing={ongoing}
      onLeft={() => setLeft(true)}
      waiting={isAnswered ? undefined : <RingingCard ongoing={ongoing} stage={stage} onPlaceAgain={() => void ongoing.place(conversationId)} />}
    />
  );
}

/** A new call in the same window, for one that was ended by mistake. */
function CallAnew({ conversationId }: { conversationId: string }) {
  const { me } = useSession();
  return <Button onClick={() => location.assign(callAddress(me.clinic_slug, crypto.randomUUID(), conversationId))}>{i18n.t("Ring igen")}</Button>;
}

function Message({ icon: Icon, words, children }: { icon: LucideIcon; words: string; children?: ReactNode }) {
  return (
    <main className={styles.page}>
      <Icon className={styles.icon} aria-hidden size={40} />
      <h1>{words}</h1>
      <div className={styles.buttons}>
        {children}
        <Button onClick={() => window.close()}>{i18n.t("Stäng fönstret")}</Button>
      </div>
    </main>
  );
}

function Foreign({ name }: { name: string }) {
  const { me } = useSession();
  return (
    <main className={styles.page}>
      <UserRoundX className={styles.icon} aria-hidden size={40} />
      <h1>{i18n.t("Någon annan har loggat in här. Logga in som {name} för att fortsätta.", { name })}</h1>
      <a className={buttonClass({ tone: "primary" })} href={`/staff/${me.clinic_slug}/sign-in${query({ next: location.pathname + location.search })}`}>
        {i18n.t("Logga in")}
      </a>
    </main>
  );
}

export function EndFacts({ call }: { call: CallSnapshot }) {
  if (!call.started_at || !call.ended_at) return null;
  const length = lengthText(call.started_at, call.ended_at);
  const times = `${clock(call.started_at)}–${clock(call.ended_at)}`;
  return (
    <p className={styles.facts} role="status">
      {call.reason === "abandoned" && i18n.t("Samtalet avslutades eftersom ingen vårdpersonal var kvar.")} {i18n.t("Samtalet är avslutat. {times}, {length}.", { times, length })}
    </p>
  );
}

function overWords(call: CallSnapshot): string {
  if (call.started_at) return i18n.t("Samtalet är avslutat.");
  return call.reason === "abandoned" ? i18n.t("Samtalet avslutades eftersom ingen vårdpersonal var kvar.") : i18n.t("Samtalet avbröts. Patienten svarade inte.");
}

/** Who opened this window; kept in it over a reload and over another person's sign-in. */
function ownerOf(callId: string, me: { id: string; name: string }): { id: string; name: string } {
  const key = `narvaro.call-owner.${callId}`;
  const kept = sessionStorage.getItem(key);
  if (kept) return JSON.parse(kept) as { id: string; name: string };
  sessionStorage.setItem(key, JSON.stringify({ id: me.id, name: me.name }));
  return me;
}
