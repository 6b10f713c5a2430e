import type { Api } from "../../api/client";
import { ApiProblem } from "../../api/problems";
import type { Socket } from "../../api/socket";
import type { CallJoined, GuestLink, GuestRole, GuestSnapshot, Knocked, Me, TextLanguage } from "../../api/wire";
import { createStore, type Readable } from "../../lib/store";
import { erasePersonal } from "../../lib/stored";
import type { Session } from "../session/context";
import type { OngoingCall } from "../calls/OngoingCall";
import { deviceId } from "../calls/seat";
import type { LocalDevices } from "../media/LocalDevices";
import { VisitDevices } from "./visitDevices";
import { guestProblem } from "./words";

/** Where the person is, from the link to the kind end. */
export type Place =
  | { name: "opening" | "unreachable" | "dead" | "declined" | "refused" | "removed" | "over" }
  | { name: "door"; link: GuestLink }
  | { name: "waiting" | "left"; guest: GuestSnapshot }
  | { name: "in"; session: Session; guest: GuestSnapshot; ongoing: OngoingCall }
  | { name: "asking"; session: Session; guest: GuestSnapshot };

export interface VisitState {
  place: Place;
  /** Camera and microphone, from the first touch to the end of the call. */
  devices: LocalDevices | null;
  isBusy: boolean;
  failure: string | null;
}

const LEFT = "narvaro.guest-left";

export interface VisitDoors {
  api: Api;
  openSocket: () => Socket;
  /** Out of the address' fragment (B2); empty when it is gone. */
  readToken: () => string;
  /** The cookie carries on from here. */
  forgetToken: () => void;
  /** Code that nobody needs before touching it: what opens camera and microphone, the call, and its screen. */
  loadDevices: () => Promise<{ LocalDevices: new () => LocalDevices }>;
  /** The invitation's language, unless the person has chosen one. */
  speak: (language: TextLanguage) => Promise<void>;
  loadSeat: () => Promise<{ takeSeat: (callId: string, session: Session, devices: LocalDevices) => OngoingCall }>;
  loadScreen: () => Promise<unknown>;
}

/** One guest's way through: link, door, knock, call, question. */
export class GuestVisit {
  private readonly store;
  readonly state: Readable<VisitState>;
  private session: Session | null = null;
  private link: GuestLink | null = null;
  private unwatch: (() => void) | undefined;
  private isEntering = false;
  private readonly devices: VisitDevices;

  constructor(private readonly doors: VisitDoors) {
    this.store = createStore<VisitState>({ place: { name: "opening" }, devices: null, isBusy: false, failure: null });
    this.state = this.store;
    this.devices = new VisitDevices(doors.loadDevices, (devices) => this.change({ devices }));
  }

  /** Both questions at once: has this browser knocked before, and what does the link say? */
  async open(): Promise<void> {
    this.go({ name: "opening" });
    const token = this.doors.readToken();
    const [guest, link] = await Promise.all([this.ask(this.doors.api.get<GuestSnapshot>("/me")), token ? this.ask(this.doors.api.post<GuestLink>("/links", { token })) : null]);
    this.link = link instanceof Error ? null : link;
    const isHere = guest !== null && !(guest instanceof Error);
    const told = this.link ?? (isHere ? guest : null);
    // A catalogue that does not come must not keep anybody out: the page goes on in the language it has.
    if (told) await this.doors.speak(told.language).catch(() => undefined);
    if (isHere && (!this.link || guest.status === "knocking" || guest.status === "admitted")) return this.settleIn(guest);
    if (this.link) return this.go({ name: "door", link: this.link });
    this.go({ name: guest instanceof Error || link instanceof Error ? "unreachable" : "dead" });
  }

  async knock(name: string, role: GuestRole | null, hasCamera: boolean): Promise<void> {
    if (this.state.get().isBusy) return;
    this.change({ isBusy: true, failure: null });
    sessionStorage.removeItem(LEFT);
    this.devices.wish(hasCamera);
    void this.devices.start().catch(() => undefined);
    try {
      const { seat, ...guest } = await this.doors.api.post<Knocked>("/knocks", { token: this.doors.readToken(), name, role, device_id: deviceId() });
      this.settleIn(guest, seat);
    } catch (error) {
      this.stumble(error);
    }
    this.change({ isBusy: false });
  }

  /** See and hear oneself before the knock. */
  async tryOut(): Promise<void> {
    try {
      await this.devices.tryOut();
    } catch (error) {
      this.stumble(error);
    }
  }

  /** *Jag kan inte nu*; the link goes on working. */
  async decline(): Promise<void> {
    try {
      await this.doors.api.post("/declines", { token: this.doors.readToken() });
      this.devices.stop();
      this.go({ name: "declined" });
    } catch (error) {
      this.stumble(error);
    }
  }

  backToDoor(): void {
    if (this.link) this.go({ name: "door", link: this.link });
  }

  /** Out of the call, which goes on; the way back stays open while it does. */
  async leave(): Promise<void> {
    const { place } = this.state.get();
    if (place.name !== "in") return;
    sessionStorage.setItem(LEFT, "yes");
    this.go({ name: "left", guest: place.guest });
    this.devices.handOver();
    this.change({ devices: null });
    await place.ongoing.leave().catch(() => undefined);
  }

  comeBack(): void {
    const { place } = this.state.get();
    sessionStorage.removeItem(LEFT);
    if (place.name === "left") void this.enter(place.guest);
  }

  finish(): void {
    this.go({ name: "over" });
  }

  stop(): void {
    this.unwatch?.();
    this.closeCall();
    this.session?.socket.close();
    this.session = null;
  }

  private settleIn(guest: GuestSnapshot, seat: CallJoined | null = null): void {
    this.doors.forgetToken();
    if (!this.session) {
      const socket = this.doors.openSocket();
      this.session = { me: meOf(guest), api: this.doors.api, socket, signOut: () => Promise.resolve() };
      socket.follow("guest", () => 0, (message) => message.type === "guest" && this.hear(message.guest));
    }
    this.hear(guest, seat);
  }

  private hear(guest: GuestSnapshot, seat: CallJoined | null = null): void {
    switch (guest.status) {
      case "knocking":
        return this.go({ name: "waiting", guest });
      case "admitted":
        return this.admitted(guest, seat);
      case "ended":
        return this.end(guest, guest.must_ask_feedback);
      default:
        this.putAway();
        return this.go({ name: guest.status });
    }
  }

  private admitted(guest: GuestSnapshot, seat: CallJoined | null): void {
    const { place } = this.state.get();
    if (place.name === "in" || place.name === "left") return;
    if (sessionStorage.getItem(LEFT)) return this.go({ name: "left", guest });
    void this.enter(guest, seat);
  }

  /** `seat`: what the knock's answer has brought, else it is asked for. */
  private async enter(guest: GuestSnapshot, seat: CallJoined | null = null): Promise<void> {
    const { session } = this;
    if (!session || this.isEntering) return;
    this.isEntering = true;
    await this.connect(guest, session, seat).catch(() => this.go({ name: "unreachable" }));
    this.isEntering = false;
  }

  /** The line first: the screen's code comes while it is being made. Raises when the code does not come. */
  private async connect(guest: GuestSnapshot, session: Session, seat: CallJoined | null): Promise<void> {
    const [{ takeSeat }, devices] = await Promise.all([this.doors.loadSeat(), this.devices.open()]);
    if (this.isOut()) return;
    const ongoing = takeSeat(guest.call_id, session, devices);
    void (seat ? ongoing.enter(seat) : ongoing.sitDown());
    void this.devices.start();
    await this.doors.loadScreen().catch((error: unknown) => {
      ongoing.stop();
      throw error;
    });
    if (this.isOut()) return ongoing.stop();
    this.go({ name: "in", session, guest, ongoing });
    this.unwatch?.();
    this.unwatch = ongoing.state.watch(() => {
      const { call } = ongoing.state.get();
      if (call?.status === "ended") this.end(guest, call.must_ask_feedback);
    });
  }

  /** While something was fetched the person was put out, or the page was left. */
  private isOut(): boolean {
    return !this.session || ["refused", "removed", "asking", "over"].includes(this.state.get().place.name);
  }

  private end(guest: GuestSnapshot, mustAsk: boolean): void {
    const { place } = this.state.get();
    if (place.name === "asking" || place.name === "over") return;
    this.putAway();
    this.go(mustAsk && this.session ? { name: "asking", session: this.session, guest } : { name: "over" });
  }

  private putAway(): void {
    this.unwatch?.();
    this.closeCall();
  }

  private closeCall(): void {
    const { place } = this.state.get();
    if (place.name === "in") place.ongoing.stop();
    this.devices.stop();
  }

  /** Null when there is nothing, an error when nobody answered. */
  private async ask<T>(answer: Promise<T>): Promise<T | Error | null> {
    return answer.catch((error: unknown) => (error instanceof ApiProblem && error.status < 500 && error.status !== 429 ? null : new Error("No answer.")));
  }

  private stumble(error: unknown): void {
    if (error instanceof ApiProblem && error.code === "link-dead") return this.go({ name: "dead" });
    this.change({ failure: guestProblem(error) });
  }

  /** Outside the call nothing that was written in it stays in this browser. */
  private go(place: Place): void {
    if (!["opening", "unreachable", "in"].includes(place.name)) erasePersonal("guest");
    this.change({ place, failure: null });
  }

  private change(change: Partial<VisitState>): void {
    this.store.update((state) => ({ ...state, ...change }));
  }
}

/** A guest as the call's screens know people. */
function meOf(guest: GuestSnapshot): Me {
  return { kind: "guest", id: guest.id, name: guest.name, role: null, clinic_slug: "", clinic_name: guest.brand, time_zone: "Europe/Stockholm", may_share_whole_screen: false };
}
