import type { Api } from "../../api/client";
import { ApiProblem } from "../../api/problems";
import type { Socket } from "../../api/socket";
import type { AttendanceSnapshot, CallJoined, CallSnapshot, JoinToken, Me, PhoneNumber } from "../../api/wire";
import { createStore, type Readable } from "../../lib/store";
import { MediaSession } from "../media/MediaSession";
import { type CallWindow, type CallWindowInput, next, NEW_WINDOW } from "./callWindow";
import { deviceId } from "./seat";

const TRY_END_AGAIN_MS = 2_000;

/** One person's being in one call: what the server says of it, and the sound and picture. */
export class OngoingCall {
  readonly media: MediaSession;
  private readonly store = createStore<CallWindow>(NEW_WINDOW);
  readonly state: Readable<CallWindow> = this.store;
  private unfollow: (() => void) | undefined;
  private endTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly id: string,
    private readonly me: Me,
    private readonly api: Api,
    private readonly socket: Socket,
    media?: MediaSession,
  ) {
    this.media = media ?? new MediaSession({ isPicky: me.kind === "staff", askToken: () => this.askToken() });
  }

  /** Staff's window: place the call, which does nothing when it has been placed before, then sit down in it. */
  async place(conversationId: string): Promise<void> {
    try {
      this.tell(await this.api.put<CallSnapshot>(`/calls/${this.id}`, { conversation_id: conversationId }));
    } catch (error) {
      if (error instanceof ApiProblem && error.code === "call-of-another-staff-member") return this.sitDownBeside();
      const isTaken = error instanceof ApiProblem && error.code === "call-already-open";
      return this.step({ type: "not-placed", why: isTaken ? "taken" : (await this.isForeign(error)) ? "foreign" : "failed" });
    }
    await this.sitDown();
  }

  /** A colleague's call: there is a seat when they have let us in. */
  private async sitDownBeside(): Promise<void> {
    const joined = await this.api.post<CallJoined>(`/calls/${this.id}/join`, { device_id: deviceId() }).catch(() => null);
    if (joined) await this.enter(joined);
    else this.step({ type: "not-placed", why: "taken" });
  }

  /** Into a call that is already there: after a reload, or coming back. */
  async sitDown(): Promise<void> {
    this.follow();
    if (this.state.get().call?.status === "ended") return;
    const token = await this.askToken().catch(() => null);
    if (this.state.get().call?.status !== "ended") await this.media.join(token);
  }

  /** With what the answer to a ring brought. */
  async enter(joined: CallJoined): Promise<void> {
    this.tell(joined.call);
    this.follow();
    await this.media.join(joined.media);
  }

  tell(call: CallSnapshot): void {
    this.step({ type: "call", call });
    const known = this.state.get().call;
    if (!known || known.id !== call.id) return;
    const others = known.attendances.filter((one) => !this.isMe(one));
    this.media.admit(others.map((one) => one.identity), known.is_guarded);
    if (known.status === "ended") this.media.close();
  }

  isMe(attendance: AttendanceSnapshot): boolean {
    return attendance.kind === this.me.kind && attendance.person_id === this.me.id;
  }

  async ringAgain(): Promise<void> {
    this.tell(await this.api.post<CallSnapshot>(`/calls/${this.id}/rings`));
  }

  /** The patient's own number; what rings in the app ends kindly. */
  async takeToPhone(): Promise<PhoneNumber> {
    return this.api.post<PhoneNumber>(`/calls/${this.id}/phone`);
  }

  async letOthersShare(isAllowed: boolean): Promise<void> {
    this.tell(await this.api.put<CallSnapshot>(`/calls/${this.id}/sharing`, { may_others_share: isAllowed }));
  }

  /** On everybody's stage; null: nobody. */
  async pinForAll(attendanceId: string | null): Promise<void> {
    this.tell(await this.api.put<CallSnapshot>(`/calls/${this.id}/pin`, { attendance_id: attendanceId }));
  }

  /** End it, or call it off when nobody has answered; tried again until the server has said yes, or the patient was quicker. */
  async end(): Promise<void> {
    this.step({ type: "end" });
    clearTimeout(this.endTimer);
    const verb = this.state.get().call?.status === "open" ? "cancel" : "end";
    try {
      this.tell(await this.api.post<CallSnapshot>(`/calls/${this.id}/${verb}`));
    } catch (error) {
      if (await this.isForeign(error)) return this.step({ type: "not-placed", why: "foreign" });
      if (error instanceof ApiProblem) await this.catchUp();
      if (this.state.get().ending === "no") return;
      this.step({ type: "end-failed" });
      this.endTimer = setTimeout(() => void this.endAgain(), TRY_END_AGAIN_MS);
    }
  }

  private async endAgain(): Promise<void> {
    await this.catchUp();
    if (this.state.get().ending !== "no") await this.end();
  }

  /** Out of the call, which goes on without us. */
  async leave(): Promise<void> {
    this.stop();
    await this.api.post(`/calls/${this.id}/leave`);
  }

  /** Staff, while a colleague is in it. Raises what the server refuses with; then we are still in. */
  async leaveToColleague(): Promise<void> {
    await this.api.post(`/calls/${this.id}/leave`);
    this.stop();
  }

  /** The page lets go of the call. */
  stop(): void {
    clearTimeout(this.endTimer);
    this.unfollow?.();
    this.unfollow = undefined;
    this.media.close();
  }

  private follow(): void {
    this.unfollow ??= this.socket.follow(
      `call:${this.id}`,
      () => this.state.get().call?.version ?? 0,
      (message) => message.type === "call" && this.tell(message.call),
    );
  }

  private async askToken(): Promise<JoinToken | null> {
    try {
      const joined = await this.api.post<CallJoined>(`/calls/${this.id}/join`, { device_id: deviceId() });
      this.tell(joined.call);
      return joined.media;
    } catch (error) {
      if (error instanceof ApiProblem) await this.catchUp();
      throw error;
    }
  }

  private async catchUp(): Promise<void> {
    await this.api.get<CallSnapshot>(`/calls/${this.id}`).then((call) => this.tell(call), () => undefined);
  }

  /** Has somebody else signed in here meanwhile? (C5b) */
  private async isForeign(error: unknown): Promise<boolean> {
    if (!(error instanceof ApiProblem)) return false;
    const now = await this.api.get<{ id: string }>("/me").catch(() => this.me);
    return now.id !== this.me.id;
  }

  private step(input: CallWindowInput): void {
    this.store.update((state) => next(state, input));
  }
}
