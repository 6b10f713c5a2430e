import { expect, test } from "vitest";
import { bannersOf } from "./banners";
import { next, NEW_WINDOW } from "./callWindow";
import { attendance, callSnapshot, ringSnapshot } from "./testing/builders";

const answered = ringSnapshot({ status: "answered" });
const talking = (change: Parameters<typeof callSnapshot>[0] = {}) =>
  next(NEW_WINDOW, { type: "call", call: callSnapshot({ status: "active", ring: answered, attendances: [attendance("staff"), attendance("patient")], ...change }) });
const ids = (...args: Parameters<typeof bannersOf>) => bannersOf(...args).map((banner) => banner.id);

test("a call in which all is well says nothing", () => {
  expect(ids(talking(), "connected", false, "staff")).toEqual([]);
  expect(ids(talking(), "connected", false, "patient")).toEqual([]);
});

test("the patient is told to wait when every staff member is lost", () => {
  const lost = talking({ attendances: [attendance("staff", { is_lost: true }), attendance("patient")] });
  expect(bannersOf(lost, "connected", false, "patient")[0]?.words).toBe("Vårdpersonalen har tappat anslutningen – vänta kvar");
  expect(ids(lost, "connected", false, "staff")).toEqual([]);
});

test("a media server that is down is named instead of a mere broken line", () => {
  expect(ids(talking({ is_media_down: true }), "rejoining", false, "staff")).toEqual(["media"]);
  expect(ids(talking(), "rejoining", false, "staff")).toEqual(["line"]);
});
