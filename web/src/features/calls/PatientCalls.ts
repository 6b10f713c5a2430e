import type { Api } from "../../api/client";
import { ApiProblem, problemText } from "../../api/problems";
import type { Socket } from "../../api/socket";
import type { CallJoined, CallSnapshot, IncomingRing, JoinToken, Me, Prepared, ServerMessage } from "../../api/wire";
import { createStore, type Readable, type Store } from "../../lib/store";
import { loadLiveKit } from "../media/livekit";
import { MediaSession } from "../media/MediaSession";
import { OngoingCall } from "./OngoingCall";
import { isSounding, next, QUIET, type Ringing, type RingingInput } from "./ringing";
import { deviceId } from "./seat";
import type { Tone } from "./tone";

const KEY = "narvaro.in-call";
/** Asked again after a reload, until it is answered. */
const ASKING = "narvaro.asking";
const ASK_AGAIN_MS = 2_000;

export interface PatientCallsState {
  ringing: Ringing;
  /** The call this page is in. */
  ongoing: OngoingCall | null;
  /** A call that was left and can be come back to. */
  open: { callId: string; conversationId: string } | null;
  /** A call whose question waits for an answer. */
  asking: CallSnapshot | null;
  failure: string | null;
}

const NOTHING: PatientCallsState = { ringing: QUIET, ongoing: null, open: null, asking: null, failure: null };

/** Everything the patient's page does about calls: hear the ring, answer, be in the call, leave, come back, answer the question. */
export class PatientCalls {
  private readonly store: Store<PatientCallsState> = createStore(NOTHING);
  readonly state: Readable<PatientCallsState> = this.store;
  private stops: (() => void)[] = [];
  private watchLeft: (() => void) | undefined;
  private recallTimer: ReturnType<typeof setTimeout> | undefined;
  private prepared: { ringId: string; media: MediaSession; callId: string } | null = null;
  private toldRings = new Set<string>();
  /** The ring that a notification or a text has led here for. */
  private sought = new URLSearchParams(location.search).get("ring");

  constructor(
    private readonly me: Me,
    private readonly api: Api,
    private readonly socket: Socket,
    private readonly tone: Tone,
  ) {}

  start(): () => void {
    this.stops = [
      this.socket.follow("rings", () => 0, (message) => this.hear(message)),
      this.tone.isUnlocked.watch(() => this.socket.setAudible(this.tone.isUnlocked.get())),
    ];
    this.socket.setAudible(this.tone.isUnlocked.get());
    void this.comeBackAfterReload();
    return () => {
      for (const stop of [...this.stops.splice(0), this.watchLeft]) stop?.();
      clearTimeout(this.recallTimer);
      this.tone.stop();
      this.dropPrepared();
      this.state.get().ongoing?.stop();
      this.store.set(NOTHING);
    };
  }

  /** The ring has been painted on a visible page. */
  saySeen(ringId: string): boolean {
    return this.socket.send({ type: "seen", ring_id: ringId });
  }

  async accept(hasCamera: boolean): Promise<void> {
    this.ring({ type: "accept", hasCamera });
    const { ringing } = this.state.get();
    if (ringing.name !== "answering") return;
    const { ring } = ringing;
    const mine = this.prepared?.ringId === ring.id ? this.prepared : null;
    const ongoing = new OngoingCall(ring.call_id, this.me, this.api, this.socket, mine?.media);
    const devices = ongoing.media.devices.start({ camera: hasCamera });
    ongoing.media.begin();
    try {
      const joined = await this.api.post<CallJoined>(`/rings/${ring.id}/answer`, { device_id: deviceId(), camera: hasCamera });
      this.prepared = null;
      this.enter(ongoing);
      this.ring({ type: "entered" });
      await ongoing.enter(joined);
    } catch (error) {
      await devices;
      ongoing.stop();
      this.prepared = null;
      const isLate = error instanceof ApiProblem && error.status < 500;
      this.change({ failure: isLate ? null : problemText(error) });
      this.ring({ type: isLate ? "too-late" : "failed" });
    }
  }

  async decline(): Promise<void> {
    const { ringing } = this.state.get();
    if (ringing.name !== "ringing") return;
    this.ring({ type: "silence" });
    await this.attempt(this.api.post(`/rings/${ringing.ring.id}/decline`), () => this.ring({ type: "ring", ring: { ...ringing.ring, status: "declined" } }));
  }

  async askMinute(): Promise<void> {
    const { ringing } = this.state.get();
    if (ringing.name === "ringing") await this.attempt(this.api.post<IncomingRing>(`/rings/${ringing.ring.id}/minute`), (ring) => this.ring({ type: "ring", ring }));
  }

  async sayReady(): Promise<void> {
    const { ringing } = this.state.get();
    if (ringing.name === "over") await this.attempt(this.api.post(`/conversations/${ringing.ring.conversation_id}/ready`), () => this.putAway());
  }

  silence(): void {
    this.ring({ type: "silence" });
  }

  putAway(): void {
    this.ring({ type: "put-away" });
  }

  /** The call goes on without us until staff end it. */
  async leave(): Promise<void> {
    const { ongoing } = this.state.get();
    if (!ongoing) return;
    const call = ongoing.state.get().call;
    this.change({ ongoing: null, open: call && { callId: call.id, conversationId: call.conversation_id } });
    sessionStorage.removeItem(KEY);
    if (call) this.watch(call.id, call.conversation_id);
    await ongoing.leave().catch(() => undefined);
  }

  /** Into an open call that this person has answered before. */
  async comeBack(callId: string): Promise<void> {
    const ongoing = new OngoingCall(callId, this.me, this.api, this.socket);
    this.enter(ongoing);
    void ongoing.media.devices.start();
    await ongoing.sitDown();
  }

  /** A call is open in this conversation: has this person been in it? */
  offer(callId: string, conversationId: string): void {
    const { ongoing, open } = this.state.get();
    if (ongoing?.id === callId || open?.callId === callId) return;
    this.change({ open: { callId, conversationId } });
    this.watch(callId, conversationId);
  }

  answered(): void {
    sessionStorage.removeItem(ASKING);
    this.change({ asking: null });
  }

  private hear(message: ServerMessage): void {
    if (message.type !== "rings") return;
    const { ring } = message;
    const isHere = ring !== null && this.state.get().ongoing?.id === ring.call_id;
    if (ring?.status === "ringing" && !isHere) this.receive(ring);
    if (!isHere) this.ring({ type: "ring", ring });
    if (ring && ring.status !== "ringing" && ring.id === this.sought) this.ring({ type: "come-late", ring });
    this.sought = null;
  }

  private receive(ring: IncomingRing): void {
    if (this.toldRings.has(ring.id)) return;
    if (this.socket.send({ type: "delivered", ring_id: ring.id })) this.toldRings.add(ring.id);
    void this.prepare(ring);
  }

  /** While it rings: load the media client and make the line ready. Whatever fails here, a plain join is left. */
  private async prepare(ring: IncomingRing): Promise<void> {
    this.dropPrepared();
    const media = new MediaSession({ isPicky: false, askToken: () => this.tokenOf(ring.call_id) });
    this.prepared = { ringId: ring.id, callId: ring.call_id, media };
    try {
      await loadLiveKit();
      await media.prepare(await this.api.post<Prepared>(`/rings/${ring.id}/prepare`, { device_id: deviceId() }));
    } catch {
      return;
    }
  }

  private async tokenOf(callId: string): Promise<JoinToken | null> {
    const joined = await this.api.post<CallJoined>(`/calls/${callId}/join`, { device_id: deviceId() });
    const { ongoing } = this.state.get();
    if (ongoing?.id === callId) ongoing.tell(joined.call);
    return joined.media;
  }

  private dropPrepared(): void {
    this.prepared?.media.close();
    this.prepared = null;
  }

  private enter(ongoing: OngoingCall): void {
    this.watchLeft?.();
    this.watchLeft = undefined;
    sessionStorage.setItem(KEY, ongoing.id);
    this.change({ ongoing, open: null, failure: null });
    const stop = ongoing.state.watch(() => {
      const { call } = ongoing.state.get();
      if (call?.status !== "ended") return;
      stop();
      this.finish(call);
    });
  }

  private finish(call: CallSnapshot): void {
    sessionStorage.removeItem(KEY);
    if (call.must_ask_feedback) sessionStorage.setItem(ASKING, call.id);
    else sessionStorage.removeItem(ASKING);
    const { ongoing } = this.state.get();
    if (ongoing?.id === call.id) ongoing.stop();
    this.change({ ongoing: ongoing?.id === call.id ? null : ongoing, open: null, asking: call.must_ask_feedback ? call : null });
  }

  /** After leaving: when the conversation no longer has the call, it has ended. */
  private watch(callId: string, conversationId: string): void {
    this.watchLeft?.();
    this.watchLeft = this.socket.follow(`conversation:${conversationId}`, () => 0, (message) => {
      if (message.type !== "conversation" || message.conversation.call?.id === callId) return;
      this.watchLeft?.();
      this.watchLeft = undefined;
      void this.recall(callId, (call) => (call ? this.finish(call) : this.change({ open: null })));
    });
  }

  private async comeBackAfterReload(): Promise<void> {
    const callId = sessionStorage.getItem(KEY) ?? sessionStorage.getItem(ASKING);
    if (!callId) return;
    await this.recall(callId, (call) => {
      if (!call) [KEY, ASKING].forEach((key) => sessionStorage.removeItem(key));
      else if (call.status === "ended") this.finish(call);
      else void this.comeBack(callId);
    });
  }

  /** What has become of an earlier call (null: there is none for us): asked until the server says it, or another call has begun. */
  private async recall(callId: string, then: (call: CallSnapshot | null) => void): Promise<void> {
    clearTimeout(this.recallTimer);
    const call = await this.api.get<CallSnapshot>(`/calls/${callId}`).catch((error: unknown) => (error instanceof ApiProblem && error.status === 404 ? null : undefined));
    if (this.stops.length === 0 || this.state.get().ongoing) return;
    if (call !== undefined) return then(call);
    this.recallTimer = setTimeout(() => void this.recall(callId, then), ASK_AGAIN_MS);
  }

  private async attempt<T>(work: Promise<T>, then: (result: T) => void): Promise<void> {
    try {
      then(await work);
      this.change({ failure: null });
    } catch (error) {
      this.change({ failure: problemText(error) });
    }
  }

  private ring(input: RingingInput): void {
    const ringing = next(this.state.get().ringing, input);
    this.change({ ringing });
    if (isSounding(ringing)) this.tone.play();
    else this.tone.stop();
    if (ringing.name === "quiet" || ringing.name === "over") this.dropPrepared();
  }

  private change(change: Partial<PatientCallsState>): void {
    this.store.update((state) => ({ ...state, ...change }));
  }
}
