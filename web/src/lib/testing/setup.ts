import { cleanup } from "@testing-library/react";
import { afterEach, beforeEach } from "vitest";
import { activateLocale } from "../i18n";

beforeEach(async () => {
  localStorage.clear();
  sessionStorage.clear();
  await activateLocale("sv");
});

afterEach(cleanup);

Element.prototype.scrollTo ??= () => undefined;
HTMLDialogElement.prototype.showModal ??= function show(this: HTMLDialogElement) {
  this.open = true;
};
HTMLDialogElement.prototype.close ??= function close(this: HTMLDialogElement) {
  this.open = false;
  this.dispatchEvent(new Event("close"));
};
