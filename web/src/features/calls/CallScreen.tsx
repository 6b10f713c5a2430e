import { MessageSquare, Mic, MicOff, ScreenShare, ScreenShareOff, Settings, Users, Video, VideoOff } from "lucide-react";
import { lazy, type ReactNode, Suspense, useEffect, useRef, useState } from "react";
import { problemText } from "../../api/problems";
import { i18n } from "../../lib/i18n";
import { useStore } from "../../lib/store";
import { useLasting } from "../../lib/useLasting";
import { LiveRegion } from "../../ui/Banner";
import { Button } from "../../ui/Button";
import { faultText } from "../media/faults";
import { useSession } from "../session/context";
import { bannersOf, type CallBanner } from "./banners";
import styles from "./CallScreen.module.css";
import { ControlButton } from "./ControlButton";
import controls from "./Controls.module.css";
import type { OngoingCall } from "./OngoingCall";
import { type PanelParts, ParticipantsPanel } from "./ParticipantsPanel";
import { useShortcuts } from "./shortcuts";
import { Stage } from "./Stage";
import { screensOf, tilesOf } from "./tiles";
import { useAnnouncements } from "./useAnnouncements";
import { useArrivals } from "./useArrivals";

/** Longer than devices take to start: the browser's question waits. */
const DEVICES_WITHIN_MS = 2_000;
const SettingsDialog = lazy(async () => ({ default: (await import("./SettingsDialog")).SettingsDialog }));

/** *Meddelanden*: the conversation for staff and the patient, what is written for everybody for guests. */
export interface MessagesPart {
  unread: number;
  panel: (conversationId: string, onClose: () => void) => ReactNode;
}

interface Props {
  ongoing: OngoingCall;
  /** Ends or leaves: the last control. */
  leaving: ReactNode;
  /** In the place of the others while nobody is there. */
  waiting?: ReactNode;
  /** What is said above everything else: those who knock. Given way to *Deltagare*, which shows them too. */
  news?: ReactNode;
  /** What is said across the top to these people alone. */
  banners?: CallBanner[];
  /** What went wrong outside this screen. */
  failure?: string | null;
  /** What staff add to *Deltagare*. */
  parts?: PanelParts;
  messages: MessagesPart;
  /** Dialogs, as dark as the call. */
  children?: ReactNode;
}

type Panel = "people" | "messages" | null;

/** The call itself: pictures, what has to be said, controls in one row, a panel. Always dark. */
export function CallScreen({ ongoing, leaving, waiting, news, banners = [], failure: failureOutside = null, parts, messages, children }: Props) {
  const { me, socket } = useSession();
  const state = useStore(ongoing.state);
  const media = useStore(ongoing.media.state);
  const local = useStore(ongoing.media.devices.state);
  const line = useStore(socket.status);
  const [panel, setPanel] = useState<Panel>(null);
  const [isSetting, setSetting] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const [isChoosingScreen, setChoosingScreen] = useState(false);
  const { devices } = ongoing.media;
  const { call } = state;
  const tiles = tilesOf(call, (one) => ongoing.isMe(one), me.name, me.kind, local, media);
  const screens = screensOf(tiles, media);
  const others = call?.attendances.length ?? 1;
  const maySend = media.screen !== null || me.kind === "staff" || call?.may_others_share === true;
  useShortcuts({ microphone: () => devices.toggle("microphone"), camera: () => devices.toggle("camera") });
  const isWaitingForDevices = useLasting(local.camera.isStarting || local.microphone.isStarting, DEVICES_WITHIN_MS);
  const heard = useAnnouncements(call, local.microphone.isOn, (one) => ongoing.isMe(one));
  const arrived = useArrivals(call, (one) => ongoing.isMe(one));
  const unread = panel === "messages" ? 0 : messages.unread;
  const attempt = (work: Promise<unknown>) => void work.then(() => setFailure(null), (error: unknown) => setFailure(problemText(error)));

  useEffect(() => {
    if (media.screen && me.kind !== "staff" && call && !call.may_others_share) void ongoing.media.stopSharing();
  }, [media.screen, me.kind, call, ongoing]);

  async function share(): Promise<void> {
    setChoosingScreen(false);
    try {
      await ongoing.media.shareScreen(me.may_share_whole_screen);
      setFailure(null);
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "NotAllowedError")) setFailure(i18n.t("Skärmen kunde inte delas. Försök igen."));
    }
  }

  const isOff = (kind: "camera" | "microphone") => !local[kind].isOn;
  const isTaken = local.camera.isInterrupted || local.microphone.isInterrupted;
  return (
    <div className={styles.call} data-panel={panel ?? undefined}>
      <main className={styles.main}>
        <h1 className="hidden-words">{me.kind === "staff" ? i18n.t("Videosamtal") : i18n.t("Du är med i samtalet")}</h1>
        <div className={styles.stage}>
          <Stage tiles={tiles} screens={screens} waiting={waiting ?? <Lonely />} />
          <div className={styles.notices}>
            {news && panel !== "people" && <div className={styles.news}>{news}</div>}
            <LiveRegion>
              {[...bannersOf(state, media.line, line === "offline", me.kind), ...banners].map((banner) => (
                <div key={banner.id} className={styles.notice} data-tone={banner.tone}>
                  <p>{banner.words}</p>
                  {banner.act === "ring-again" && <Button onClick={() => attempt(ongoing.ringAgain())}>{i18n.t("Ring igen")}</Button>}
                  {banner.act === "take-over" && <Button onClick={() => ongoing.media.takeOver()}>{i18n.t("Fortsätt här")}</Button>}
                </div>
              ))}
              {arrived && <div className={styles.notice}><p>{arrived}</p></div>}
              {media.screen && <div className={styles.notice}><p>{i18n.t("Du delar skärm. Alla i samtalet ser den.")}</p></div>}
            </LiveRegion>
            <LiveRegion isUrgent>
              {isWaitingForDevices && (
                <div className={styles.notice} data-tone="warn">
                  <p>{i18n.t("Väntar på kamera och mikrofon. Om webbläsaren frågar, svara Tillåt.")}</p>
                </div>
              )}
              {(["microphone", "camera"] as const).map((kind) => {
                const fault = local[kind].fault;
                const text = fault && faultText(kind, fault);
                return (
                  text && (
                    <div key={kind} className={styles.notice} data-tone="warn">
                      <p>
                        <strong>{text.what}</strong> {text.step}
                      </p>
                    </div>
                  )
                );
              })}
              {(failure ?? failureOutside) && <div className={styles.notice} data-tone="stop"><p>{failure ?? failureOutside}</p></div>}
            </LiveRegion>
          </div>
          {(isTaken || media.isSilenced) && (
            <div className={styles.paused} role="alert">
              <p>{isTaken ? i18n.t("Samtalet pausades.") : i18n.t("Webbläsaren har stängt av ljudet.")}</p>
              <Button tone="go" size="large" onClick={() => void ongoing.media.unsilence()}>
                {i18n.t("Fortsätt samtalet")}
              </Button>
            </div>
          )}
        </div>
        <p className="hidden-words" role="status">{heard}</p>
        <p className="hidden-words" role="status">{unread > 0 && i18n.t("{count, plural, one {Nytt meddelande} other {# nya meddelanden}}", { count: unread })}</p>
        <div className={controls.controls} role="group" aria-label={i18n.t("Samtalets knappar")}>
          <ControlButton
            icon={isOff("camera") ? VideoOff : Video}
            words={isOff("camera") ? i18n.t("Slå på kameran") : i18n.t("Stäng av kameran")}
            isOff={isOff("camera")}
            onClick={() => devices.toggle("camera")}
          />
          <ControlButton
            icon={isOff("microphone") ? MicOff : Mic}
            words={isOff("microphone") ? i18n.t("Slå på mikrofonen") : i18n.t("Stäng av mikrofonen")}
            isOff={isOff("microphone")}
            onClick={() => devices.toggle("microphone")}
          />
          <ControlButton icon={Users} words={i18n.t("Deltagare")} badge={others} aria-expanded={panel === "people"} onClick={() => setPanel(panel === "people" ? null : "people")} />
          <ControlButton
            icon={MessageSquare}
            words={i18n.t("Meddelanden")}
            badge={unread || undefined}
            aria-expanded={panel === "messages"}
            onClick={() => setPanel(panel === "messages" ? null : "messages")}
          />
          {maySend && "getDisplayMedia" in (navigator.mediaDevices ?? {}) && (
            <ControlButton
              icon={media.screen ? ScreenShareOff : ScreenShare}
              words={media.screen ? i18n.t("Sluta dela skärm") : i18n.t("Dela skärm")}
              isOff={media.screen !== null}
              onClick={() => (media.screen ? void ongoing.media.stopSharing() : setChoosingScreen(true))}
            />
          )}
          <ControlButton icon={Settings} words={i18n.t("Inställningar")} aria-haspopup="dialog" onClick={() => setSetting(true)} />
          {leaving}
        </div>
      </main>
      {panel === "people" && call && <ParticipantsPanel tiles={tiles} parts={parts} onClose={() => setPanel(null)} />}
      {panel === "messages" && call && messages.panel(call.conversation_id, () => setPanel(null))}
      {isSetting && (
        <Suspense>
          <SettingsDialog media={ongoing.media} onClose={() => setSetting(false)} />
        </Suspense>
      )}
      {isChoosingScreen && <ShareReminder onShare={() => void share()} onClose={() => setChoosingScreen(false)} />}
      {children}
    </div>
  );
}

function Lonely() {
  return (
    <p className={styles.lonely}>
      <Users aria-hidden size={40} />
      {i18n.t("Ingen annan är i samtalet just nu.")}
    </p>
  );
}

/** Before the browser's own list of windows. Not modal: the control row stays where it is. */
function ShareReminder({ onShare, onClose }: { onShare: () => void; onClose: () => void }) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => button.current?.focus(), []);
  return (
    <div className={styles.reminder} role="dialog" aria-label={i18n.t("Dela skärm")} onKeyDown={(event) => event.key === "Escape" && onClose()}>
      <p>{i18n.t("Välj ett fönster. Kontrollera att inga andra patientuppgifter syns.")}</p>
      <div className={styles.choices}>
        <Button ref={button} tone="primary" onClick={onShare}>
          {i18n.t("Välj fönster")}
        </Button>
        <Button onClick={onClose}>{i18n.t("Dela inte")}</Button>
      </div>
    </div>
  );
}
