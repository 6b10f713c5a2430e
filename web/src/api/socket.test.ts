import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FakeWebSocket } from "../lib/testing/fakes";
import { connectSocket, type Socket } from "./socket";

let socket: Socket;
let refused = 0;
const line = () => FakeWebSocket.latest;

beforeEach(() => {
  vi.useFakeTimers();
  FakeWebSocket.made = [];
  refused = 0;
  const makeSocket = () => new FakeWebSocket() as unknown as WebSocket;
  socket = connectSocket("staff", { makeSocket, random: () => 1, onRefused: () => (refused += 1) });
});
afterEach(() => {
  socket.close();
  vi.useRealTimers();
});

describe("the page's socket", () => {
  test("says presence first and then subscribes with what each follower has", () => {
    socket.follow("entries:1", () => 7, () => undefined);
    line().opens();
    expect(line().sent).toEqual([
      { type: "presence", visible: true, audible: false },
      { type: "subscribe", topic: "entries:1", since: 7 },
    ]);
    expect(socket.status.get()).toBe("online");
  });

  test("comes back after 200 ms and asks for what it has missed since", () => {
    let has = 1;
    socket.follow("entries:1", () => has, () => undefined);
    line().opens();
    has = 5;
    line().breaks();
    vi.advanceTimersByTime(199);
    expect(FakeWebSocket.made).toHaveLength(1);
    vi.advanceTimersByTime(1);
    line().opens();
    expect(line().sent.at(-1)).toEqual({ type: "subscribe", topic: "entries:1", since: 5 });
  });

  test("a short break is not told, a longer one is", () => {
    line().opens();
    line().breaks();
    expect(socket.status.get()).toBe("connecting");
    vi.advanceTimersByTime(1_500);
    expect(socket.status.get()).toBe("offline");
    line().opens();
    expect(socket.status.get()).toBe("online");
  });

  test("waits longer after each failure, ten seconds at most", () => {
    for (let failures = 0; failures < 12; failures += 1) {
      line().breaks();
      vi.advanceTimersByTime(10_000);
    }
    expect(FakeWebSocket.made).toHaveLength(13);
    expect(refused).toBe(12);
  });

  test("does not wait when the network is back or the page is looked at again", () => {
    line().breaks();
    vi.advanceTimersByTime(200);
    line().breaks();
    const before = FakeWebSocket.made.length;
    dispatchEvent(new Event("online"));
    expect(FakeWebSocket.made).toHaveLength(before + 1);
  });

  test("answers a ping, and takes a line silent for one and a half intervals for lost", () => {
    line().opens();
    line().says({ type: "ping", every: 2 });
    expect(line().sent.at(-1)).toEqual({ type: "pong" });
    vi.advanceTimersByTime(2_999);
    expect(socket.status.get()).toBe("online");
    vi.advanceTimersByTime(1);
    expect(socket.status.get()).toBe("connecting");
  });

  test("gives a topic's messages to its followers until they stop, and then unsubscribes", () => {
    const heard: string[] = [];
    const stop = socket.follow("inbox", () => 0, (message) => heard.push(message.type));
    line().opens();
    line().says({ type: "inbox", topic: "inbox", page: { waiting: [], items: [], next: null, unread: 0 } });
    stop();
    expect(heard).toEqual(["inbox"]);
    expect(line().sent.at(-1)).toEqual({ type: "unsubscribe", topic: "inbox" });
  });

  test("told that the session is over, it stays away", () => {
    line().opens();
    line().breaks(4001);
    vi.advanceTimersByTime(60_000);
    expect(socket.status.get()).toBe("signed-out");
    expect(FakeWebSocket.made).toHaveLength(1);
  });

  test("tells the server when the page may make sounds, also after a break", () => {
    line().opens();
    socket.setAudible(true);
    expect(line().sent.at(-1)).toEqual({ type: "presence", visible: true, audible: true });
    line().breaks();
    vi.advanceTimersByTime(200);
    line().opens();
    expect(line().sent[0]).toEqual({ type: "presence", visible: true, audible: true });
  });
});
