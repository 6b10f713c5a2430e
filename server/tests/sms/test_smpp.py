"""SMPP beyond the door's contract: alphabets, receipts on the line, lines that break, and what is kept of them."""

import asyncio
import datetime
import ipaddress
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sms.smsc import PASSWORD, SYSTEM_ID, Smsc, smsc
from sms.test_contract import a_text

from narvaro.errors import NotFound, NotSignedIn
from narvaro.sms import DeliveryReceipt, ReceiptCall, SmsUnavailable, SmsUnknown, smpp_line
from narvaro.sms import smpp as smpp_module
from narvaro.sms.smpp import Smpp
from narvaro.sms.smpp_line import Account
from narvaro.sms.smpp_receipts import read_receipt

RECEIPT = "id:{id} sub:001 dlvrd:001 submit date:2611240900 done date:2611240901 stat:{stat} err:0A1 text:Region Testk"
DELIVERED, FAILED = DeliveryReceipt("delivered"), DeliveryReceipt("failed", "not_delivered")
OK, LATER, UNKNOWN_COMMAND = 0, 0x64, 0x03


class Shelf:
    """Where receipts are taken; `names` are those of texts that are there."""

    def __init__(self) -> None:
        self.names = {"s1", "s2"}
        self.taken: list[tuple[str, DeliveryReceipt]] = []
        self.fault: Exception | None = None

    async def take(self, name: str, receipt: DeliveryReceipt) -> None:
        if self.fault:
            raise self.fault
        if name not in self.names:
            raise NotFound
        self.taken.append((name, receipt))


@pytest.fixture
def centre() -> Iterator[Smsc]:
    with smsc() as running:
        yield running


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


def account(port: int, **more: Any) -> Account:
    return Account("127.0.0.1", port, more.pop("is_tls", False), SYSTEM_ID, PASSWORD, **more)


@pytest.fixture
async def gateway(centre: Smsc, shelf: Shelf) -> AsyncIterator[Smpp]:
    gateway = Smpp(account(centre.port), shelf.take)
    yield gateway
    await gateway.close()


@asynccontextmanager
async def keeping(gateway: Smpp) -> AsyncIterator[None]:
    task = asyncio.create_task(gateway.keep_line())
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def until(is_so: Callable[[], object]) -> None:
    async with asyncio.timeout(15):
        while not is_so():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def deliver(centre: Smsc, *pdus: dict[str, Any]) -> Any:
    """→ [command, status] of each answer."""
    centre.begin("deliver", pdus=pdus)
    return await asyncio.to_thread(centre.hear)


def a_receipt(stat: str = "DELIVRD", name: str = "s1", **more: Any) -> dict[str, Any]:
    return {"esm_class": 4, "short_message": RECEIPT.format(id=name, stat=stat), **more}


@pytest.mark.parametrize(
    ("words", "coding"), [("Åsa {1} € bjuder in: https://vard.example/g#_a-b", 0), ("Запрошення: https://vard.example/g#a", 8)]
)
async def test_words_go_in_the_default_alphabet_where_they_fit(centre: Smsc, gateway: Smpp, words: str, coding: int) -> None:
    text = a_text()
    object.__setattr__(text, "words", words)
    await gateway.send(text)
    assert [(sent["words"], sent["coding"], sent["from"]) for sent in centre.ask("texts")] == [(words, coding, "Narvaro")]


async def test_an_operators_own_number_stands_in_for_the_clinics_name(centre: Smsc, shelf: Shelf) -> None:
    gateway = Smpp(account(centre.port, source="46701740699", source_ton=1, source_npi=1), shelf.take)
    await gateway.send(a_text())
    assert centre.ask("texts")[0]["from"] == "46701740699"
    await gateway.close()


async def test_many_texts_at_once_share_one_bind_and_each_gets_its_own_answer(centre: Smsc, gateway: Smpp) -> None:
    names = await asyncio.gather(*(gateway.send(a_text()) for _ in range(8)))
    assert sorted(names) == [f"s{n}" for n in range(1, 9)]
    assert centre.ask("answered")["binds"] == 1


async def test_closing_says_goodbye(centre: Smsc, gateway: Smpp) -> None:
    await gateway.send(a_text())
    await gateway.close()
    assert centre.ask("answered")["unbinds"] == 1


@pytest.mark.parametrize(
    ("stat", "told"),
    [("DELIVRD", DELIVERED), ("EXPIRED", FAILED), ("UNDELIV", FAILED), ("REJECTD", FAILED), ("DELETED", FAILED)],
)
async def test_a_receipt_is_stored_before_it_is_acknowledged(
    centre: Smsc, gateway: Smpp, shelf: Shelf, stat: str, told: DeliveryReceipt
) -> None:
    await gateway.send(a_text())
    assert await deliver(centre, a_receipt(stat)) == [["deliver_sm_resp", OK]]
    assert shelf.taken == [("s1", told)]


@pytest.mark.parametrize(
    "pdu",
    [
        a_receipt("ENROUTE"),
        a_receipt("ACCEPTD"),
        {"esm_class": 0, "short_message": "STOP", "source_addr": "46701740612"},
        {"esm_class": 4, "short_message": "00,0210021543,,447887"},
    ],
)
async def test_what_decides_nothing_is_acknowledged_and_dropped(
    centre: Smsc, gateway: Smpp, shelf: Shelf, pdu: dict[str, Any]
) -> None:
    await gateway.send(a_text())
    assert await deliver(centre, pdu) == [["deliver_sm_resp", OK]]
    assert shelf.taken == []


@pytest.mark.parametrize(
    "pdu",
    [
        {"esm_class": 4, "short_message": "", "receipted_message_id": "s1", "message_state": 2},
        {"esm_class": 0, "short_message": "", "receipted_message_id": "s1", "message_state": 2},
        {"esm_class": 4, "short_message": "", "payload": RECEIPT.format(id="s1", stat="DELIVRD")},
        a_receipt(name="00aa", receipted_message_id="s1", network_error_code="ÿÿÿ"),
        a_receipt(data_coding=8),
    ],
)
async def test_receipts_come_in_every_form_there_is(centre: Smsc, gateway: Smpp, shelf: Shelf, pdu: dict[str, Any]) -> None:
    await gateway.send(a_text())
    assert await deliver(centre, pdu) == [["deliver_sm_resp", OK]]
    assert shelf.taken == [("s1", DELIVERED)]


async def test_receipts_come_doubled_and_in_any_order_and_all_are_answered(centre: Smsc, gateway: Smpp, shelf: Shelf) -> None:
    for _ in range(2):
        await gateway.send(a_text())
    pdus = [a_receipt(name="s2"), a_receipt("EXPIRED"), a_receipt(name="s2"), a_receipt()] * 10
    assert await deliver(centre, *pdus) == [["deliver_sm_resp", OK]] * 40
    assert shelf.taken.count(("s2", DELIVERED)) == 20


async def test_a_receipt_quicker_than_our_own_table_is_waited_for(
    centre: Smsc, gateway: Smpp, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.names.clear()
    await gateway.send(a_text())
    centre.begin("deliver", pdus=[a_receipt()])
    asyncio.get_running_loop().call_later(0.3, shelf.names.add, "s1")
    assert await asyncio.to_thread(centre.hear) == [["deliver_sm_resp", OK]]
    assert shelf.taken == [("s1", DELIVERED)]


async def test_a_receipt_that_cannot_be_stored_stays_with_the_smsc(centre: Smsc, gateway: Smpp, shelf: Shelf) -> None:
    await gateway.send(a_text())
    shelf.fault = OSError("the database is down")
    assert await deliver(centre, a_receipt()) == [["deliver_sm_resp", LATER]]
    shelf.fault = None
    assert await deliver(centre, a_receipt()) == [["deliver_sm_resp", OK]]
    assert shelf.taken == [("s1", DELIVERED)]


async def test_a_receipt_of_no_text_is_not_sent_again_for_ever(
    centre: Smsc, gateway: Smpp, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smpp_module, "LOOK_AGAIN_AFTER", (0.0, 0.01))
    await gateway.send(a_text())
    assert await deliver(centre, a_receipt(name="another")) == [["deliver_sm_resp", OK]]
    assert shelf.taken == []


async def test_requests_that_are_not_for_us_are_refused_and_the_line_stays(centre: Smsc, gateway: Smpp) -> None:
    await gateway.send(a_text())
    asked: list[dict[str, Any]] = [{"command": "query_sm", "message_id": "s1"}, {"command": "enquire_link"}]
    assert await deliver(centre, *asked) == [["generic_nack", UNKNOWN_COMMAND], ["enquire_link_resp", OK]]
    await gateway.send(a_text())
    assert centre.ask("answered")["binds"] == 1


async def test_a_cut_line_is_bound_again_for_the_next_text(centre: Smsc, gateway: Smpp) -> None:
    await gateway.send(a_text())
    line = await gateway._line()
    centre.ask("cut")
    await asyncio.wait_for(line.ended.wait(), 10)
    assert await gateway.send(a_text()) == "s2"


async def test_the_worker_keeps_the_line_so_that_receipts_find_it(
    centre: Smsc, gateway: Smpp, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smpp_module, "RECONNECT_AFTER", (0.01,))
    async with keeping(gateway):
        await until(lambda: centre.ask("answered")["binds"] == 1)
        assert await deliver(centre, a_receipt()) == [["deliver_sm_resp", OK]]
        centre.ask("cut")
        await until(lambda: centre.ask("answered")["binds"] == 2)
        assert await deliver(centre, a_receipt()) == [["deliver_sm_resp", OK]]
    assert len(shelf.taken) == 2


async def test_a_refused_bind_is_tried_again_later(centre: Smsc, gateway: Smpp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smpp_module, "RECONNECT_AFTER", (0.01,))
    centre.ask("status", bind=0x0D)
    async with keeping(gateway):
        with pytest.raises(SmsUnavailable):
            await gateway.send(a_text())
        centre.ask("status")
        await until(lambda: centre.ask("answered")["binds"] == 1)


async def test_an_idle_line_is_asked_whether_it_lives_and_cut_when_it_does_not(
    centre: Smsc, gateway: Smpp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smpp_line, "ENQUIRE_EVERY", 0.01)
    line = await gateway._line()
    await until(lambda: centre.ask("answered")["enquiries"] > 2)
    monkeypatch.setattr(smpp_line, "ANSWERS_WITHIN", 0.1)
    centre.ask("silent")
    await asyncio.wait_for(line.ended.wait(), 10)


async def test_an_smsc_that_says_nothing_leaves_doubt(centre: Smsc, gateway: Smpp, monkeypatch: pytest.MonkeyPatch) -> None:
    await gateway._line()
    monkeypatch.setattr(smpp_line, "ANSWERS_WITHIN", 0.1)
    centre.ask("silent")
    with pytest.raises(SmsUnknown):
        await gateway.send(a_text())


async def test_an_smsc_that_never_answers_the_bind_has_sent_nothing(
    centre: Smsc, gateway: Smpp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smpp_line, "ANSWERS_WITHIN", 0.1)
    centre.ask("silent")
    with pytest.raises(SmsUnavailable):
        await gateway.send(a_text())


def write_certificate(folder: Path) -> tuple[Path, Path]:
    """→ (key, certificate), for 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "smsc")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "key.pem", folder / "certificate.pem"
    private = serialization.PrivateFormat.PKCS8
    paths[0].write_bytes(key.private_bytes(serialization.Encoding.PEM, private, serialization.NoEncryption()))
    paths[1].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return paths


async def test_tls_trusts_only_whom_the_machine_trusts(shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key, certificate = write_certificate(tmp_path)
    with smsc(key, certificate) as centre:
        stranger = Smpp(account(centre.port, is_tls=True), shelf.take)
        with pytest.raises(SmsUnavailable):
            await stranger.send(a_text())
        await stranger.close()
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        known = Smpp(account(centre.port, is_tls=True), shelf.take)
        assert await known.send(a_text()) == "s1"
        await known.close()


async def test_nobody_tells_receipts_over_http(gateway: Smpp) -> None:
    with pytest.raises(NotSignedIn):
        gateway.read_receipt(ReceiptCall(a_text().id, "https://vard.example", b"", {}))


@pytest.mark.parametrize("body", [b"", b"\0\1\1no end", bytes(17) + b"\xff", bytes(18) + b"\x04\x27\x00\x09\x02"])
def test_half_a_receipt_is_an_error_and_nothing_else(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"than it says|without an end"):
        read_receipt(body)


async def test_no_log_holds_password_number_or_words_d3(
    centre: Smsc, gateway: Smpp, shelf: Shelf, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    assert PASSWORD not in repr(account(1))
    await gateway.send(a_text())
    shelf.fault = OSError("+46701740612")
    await deliver(centre, a_receipt(), {"esm_class": 0, "short_message": "STOP", "source_addr": "46701740612"})
    centre.ask("status", submit=0x58)
    with pytest.raises(SmsUnavailable):
        await gateway.send(a_text())
    said = caplog.text + "".join(capfd.readouterr())
    assert "smpp_receipt_not_stored" in said
    assert [secret for secret in ("701740612", "videosamtal", PASSWORD, "STOP") if secret in said] == []
