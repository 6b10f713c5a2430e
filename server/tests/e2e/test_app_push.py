"""The real service worker gets real push events: what it shows, what a press does, what the server then knows."""

import json
from dataclasses import dataclass, field
from typing import Any

from e2e.support import Stage, accept, expect_remote_picture, post_json, start_call, wait_until
from e2e.test_app import CLINIC, keep
from playwright.sync_api import CDPSession, Page, expect
from webpush.service import push_service

RING = "Inkommande videosamtal"
PRIVATE = ("Selma", "Sofia", "Testkvist", "Gunnarsson", "Hälsocentralen", "vård")
SHOWN = """
async () => {
    const worker = await navigator.serviceWorker.getRegistration("/patient/");
    const words = (one) => ({title: one.title, body: one.body, tag: one.tag, actions: one.actions.map(({title}) => title)});
    return (await worker.getNotifications()).map(words);
}
"""
COUNT = """
() => {
    if ("handled" in self) return;
    self.handled = 0;
    const waitUntil = ExtendableEvent.prototype.waitUntil;
    ExtendableEvent.prototype.waitUntil = function (promise) {
        if (this instanceof PushEvent) promise.finally(() => { self.handled += 1; });
        return waitUntil.call(this, promise);
    };
}
"""
"""Who asks what is shown while Chromium is about to show it makes it forget the notification: nobody asks before."""
PRESS = """
async ([tag, action]) => {
    const [notification] = await self.registration.getNotifications({tag});
    const press = new NotificationEvent("notificationclick", {notification, action});
    const waits = [], opened = [];
    press.waitUntil = (promise) => waits.push(promise);
    self.clients.openWindow = async (path) => { opened.push(path); return null; };
    self.dispatchEvent(press);
    await Promise.all(waits);
    return opened;
}
"""
"""The worker's own listener, with its real notification; a browser opens windows only for a finger of flesh."""
OPEN_PAGES = """
async () => {
    const pages = await self.clients.matchAll({type: "window", includeUncontrolled: true});
    return pages.filter(({url}) => new URL(url).pathname.startsWith("/patient/")).length;
}
"""
"""A page that has gone elsewhere is the worker's for a moment longer."""
PUSH_SERVICE = """
([endpoint, p256dh, auth]) => {
    const keys = {p256dh, auth};
    const subscription = {endpoint, unsubscribe: async () => true, toJSON: () => ({endpoint, keys})};
    PushManager.prototype.subscribe = async (options) => { window.askedFor = options; return subscription; };
}
"""
"""Chromium's own is Google's, which no test may ask; ours decrypts what comes and checks each header (A7)."""


@dataclass(slots=True)
class Phone:
    """A signed-in phone with the app closed: its only page is another one of the same site."""

    stage: Stage
    page: Page
    registrations: list[dict[str, Any]] = field(default_factory=list)
    chrome: CDPSession = field(init=False)

    def __post_init__(self) -> None:
        self.chrome = self.page.context.new_cdp_session(self.page)
        self.chrome.on("ServiceWorker.workerRegistrationUpdated", lambda update: self.note(update))
        self.chrome.send("ServiceWorker.enable")

    def note(self, update: dict[str, Any]) -> None:
        self.registrations += [one for one in update["registrations"] if one["scopeURL"].endswith("/patient/")]

    def push(self, **told: Any) -> None:
        self.deliver({"clinic": "testkoping", "clinic_id": "0", "brand": None} | told)

    def deliver(self, told: dict[str, Any]) -> None:
        wait_until(self.page, lambda: bool(self.registrations), "the browser has named the worker")
        registration = self.registrations[-1]["registrationId"]
        data = json.dumps(told)
        worker = self.page.context.service_workers[-1]
        worker.evaluate(COUNT)
        before = worker.evaluate("() => self.handled")
        self.chrome.send(
            "ServiceWorker.deliverPushMessage",
            {"origin": self.stage.demo.base_url, "registrationId": registration, "data": data},
        )
        wait_until(self.page, lambda: worker.evaluate("() => self.handled") > before, "the worker has done with the push")

    def shown(self) -> list[dict[str, Any]]:
        return list(self.page.evaluate(SHOWN))

    def expect_titles(self, *titles: str) -> None:
        wait_until(self.page, lambda: [one["title"] for one in self.shown()] == list(titles), f"shown is {titles}")

    def press(self, tag: str, action: str = "") -> list[str]:
        """→ the addresses that it opens."""
        return list(self.page.context.service_workers[-1].evaluate(PRESS, [tag, action]))

    def ring(self) -> dict[str, Any]:
        """What rings, as the server tells this patient."""
        wait_until(self.page, lambda: self.has("ringing"), "it rings")
        ring: dict[str, Any] = post_json(self.page, "/api/patient/rings/current", None, "GET")["body"]
        return ring

    def has(self, status: str) -> bool:
        ring = post_json(self.page, "/api/patient/rings/current", None, "GET")["body"]
        return ring is not None and bool(ring["status"] == status)

    def push_ring(self) -> dict[str, Any]:
        ring = self.ring()
        self.push(kind="ring", ring_id=ring["id"], conversation_id=ring["conversation_id"], expires_at=ring["expires_at"])
        self.expect_titles(RING)
        return ring

    def push_over(self, ring: dict[str, Any], status: str) -> None:
        self.push(kind="ring_over", ring_id=ring["id"], status=status, at=ring["expires_at"])


def closed_phone(stage: Stage) -> Phone:
    page = keep(stage.patient(permissions=["notifications"]))
    page.goto("/demo")
    return Phone(stage, page)


def test_a_ring_is_shown_without_a_name_and_answered_from_there(stage: Stage) -> None:
    phone, staff = closed_phone(stage), stage.staff()
    window = start_call(staff)
    ring = phone.push_ring()
    (notice,) = phone.shown()
    assert notice == {"title": RING, "body": "", "tag": f"ring:{ring['id']}", "actions": ["Svara", "Avböj"]}
    assert not [word for word in PRIVATE if word in json.dumps(notice, ensure_ascii=False)]
    (address,) = phone.press(notice["tag"], "answer")
    assert address == f"/patient/testkoping/conversations/{ring['conversation_id']}?ring={ring['id']}"
    phone.expect_titles()
    page = phone.page.context.new_page()
    page.goto(address)
    accept(page)
    expect_remote_picture(page)
    expect_remote_picture(window)
    assert stage.foreign_hosts() == set()


def test_declining_on_the_notification_declines_the_ring_and_opens_nothing(stage: Stage) -> None:
    phone, staff = closed_phone(stage), stage.staff()
    window = start_call(staff)
    ring = phone.push_ring()
    assert phone.press(f"ring:{ring['id']}", "decline") == []
    expect(window.get_by_text("Avböjt").first).to_be_visible()
    phone.expect_titles()


def test_a_ring_that_is_over_changes_its_notification(stage: Stage) -> None:
    phone, staff = closed_phone(stage), stage.staff()
    start_call(staff)
    ring = phone.push_ring()
    phone.push_over(ring, "answered")
    phone.expect_titles("Samtalet är besvarat")
    phone.push_over(ring, "missed")
    wait_until(phone.page, lambda: phone.shown()[0]["title"].startswith("Vården försökte nå dig "), "it says so")
    assert [(one["tag"], one["actions"]) for one in phone.shown()] == [(f"ring:{ring['id']}", [])]


def test_who_has_the_app_before_them_keeps_no_notification(stage: Stage) -> None:
    phone, staff = closed_phone(stage), stage.staff()
    start_call(staff)
    ring = phone.push_ring()
    app = phone.page.context.new_page()
    app.goto("/patient/testkoping/")
    accept(app)
    phone.expect_titles()
    phone.push_over(ring, "answered")
    phone.push(kind="message", conversation_id=ring["conversation_id"])
    phone.expect_titles("Du har ett nytt meddelande")


def test_a_late_press_is_told_that_it_no_longer_rings(stage: Stage) -> None:
    phone, staff = closed_phone(stage), stage.staff()
    window = start_call(staff)
    ring = phone.push_ring()
    window.get_by_role("button", name="Avbryt").click()
    wait_until(
        phone.page,
        lambda: post_json(phone.page, "/api/patient/rings/current", None, "GET")["body"]["status"] != "ringing",
        "over",
    )
    (address,) = phone.press(f"ring:{ring['id']}")
    page = phone.page.context.new_page()
    page.goto(address)
    expect(page.get_by_role("heading", name="Samtalet ringer inte längre.")).to_be_visible()
    late = page.get_by_role("alertdialog", name="Samtalet ringer inte längre.")
    expect(late.get_by_role("button", name="Jag är redo")).to_be_visible()


def test_an_open_page_is_brought_to_the_conversation_without_loading_it_anew(stage: Stage) -> None:
    phone = closed_phone(stage)
    app = phone.page.context.new_page()
    app.goto("/patient/testkoping/")
    app.get_by_role("link", name=CLINIC).click()
    conversation = app.url.rsplit("/", 1)[1]
    app.get_by_role("textbox", name="Skriv ett meddelande").fill("Halvt")
    app.get_by_role("button", name="Tillbaka till ärenden").click()
    app.evaluate("() => { window.isStillHere = true; }")
    phone.push(kind="message", conversation_id=conversation)
    phone.expect_titles("Du har ett nytt meddelande")
    focus = "() => { WindowClient.prototype.focus = async function () { return this; }; }"
    phone.page.context.service_workers[-1].evaluate(focus)
    assert phone.press(f"message:{conversation}") == []
    expect(app.get_by_role("textbox", name="Skriv ett meddelande")).to_have_value("Halvt")
    assert app.evaluate("() => window.isStillHere")


def test_from_the_press_to_the_lock_screen_and_back(stage: Stage) -> None:
    """Asked for in words, encrypted by the server, decrypted by the push service, shown by the worker, read by staff."""
    with push_service() as service:
        page = keep(stage.patient(permissions=["notifications"]))
        key = post_json(page, "/api/patient/push", None, "GET")["body"]["public_key"]
        device = service.subscribe(key)
        page.goto("/patient/testkoping/settings/calls")
        page.evaluate(PUSH_SERVICE, [device.endpoint, device.p256dh, device.auth])
        page.get_by_role("button", name="Få veta när vården ringer").click()
        expect(page.get_by_text("Den här enheten säger till när vården ringer.")).to_be_visible()
        assert page.evaluate("() => window.askedFor") == {"userVisibleOnly": True, "applicationServerKey": key}
        page.goto("/demo")
        phone, staff = Phone(stage, page), stage.staff()
        window = start_call(staff)
        wait_until(page, lambda: len(device.arrived) == 1, "the push has come to the service")
        expect(window.get_by_text("Push skickad")).to_be_visible()
        phone.deliver(device.arrived[0].told)
        phone.expect_titles(RING)
        assert not [word for word in PRIVATE if word in json.dumps(phone.shown(), ensure_ascii=False)]
        expect(window.get_by_text("Push visad på en enhet")).to_be_visible()
        (address,) = phone.press(phone.shown()[0]["tag"], "answer")
        app = page.context.new_page()
        app.goto(address)
        accept(app)
        expect_remote_picture(app)
        wait_until(page, lambda: len(device.arrived) == 2, "the end of the ring has come to the service")
        app.goto("/demo")
        worker = page.context.service_workers[-1]
        wait_until(page, lambda: worker.evaluate(OPEN_PAGES) == 0, "the app is closed")
        phone.deliver(device.arrived[1].told)
        phone.expect_titles("Samtalet är besvarat")
        assert service.refused == []
        assert stage.foreign_hosts() == set()


RENEW = """
async ({endpoint, p256dh, auth}) => {
    const change = new ExtendableEvent("pushsubscriptionchange"), waits = [];
    change.waitUntil = (promise) => waits.push(promise);
    change.newSubscription = {toJSON: () => ({endpoint, keys: {p256dh, auth}})};
    self.dispatchEvent(change);
    await Promise.all(waits);
}
"""


def test_a_device_that_the_push_service_has_moved_is_reached_where_it_now_is(stage: Stage) -> None:
    with push_service() as service:
        page = keep(stage.patient(permissions=["notifications"]))
        key = post_json(page, "/api/patient/push", None, "GET")["body"]["public_key"]
        before, after = service.subscribe(key), service.subscribe(key)
        told = {"endpoint": before.endpoint, "p256dh": before.p256dh, "auth": before.auth, "shows": "calls_only"}
        assert post_json(page, "/api/patient/push/subscription", told, "PUT")["status"] < 300
        renewed = {"endpoint": after.endpoint, "p256dh": after.p256dh, "auth": after.auth}
        page.context.service_workers[-1].evaluate(RENEW, renewed)
        page.goto("/demo")
        start_call(stage.staff())
        wait_until(page, lambda: len(after.arrived) == 1, "the push has come where the device now is")
        assert before.arrived == []


def test_who_has_said_no_is_told_how_to_change_it(stage: Stage) -> None:
    page = keep(stage.patient())
    page.add_init_script("Object.defineProperty(Notification, 'permission', {get: () => 'denied'})")
    page.goto("/patient/testkoping/settings/calls")
    expect(page.get_by_text("Tillåt aviseringar.")).to_be_visible()
    expect(page.get_by_role("button", name="Försök igen")).to_be_visible()
