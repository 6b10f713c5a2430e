"""A report is believed only when our media server signed it."""

import pytest

from narvaro.errors import NotSignedIn
from narvaro.media import MediaReport, MediaRights
from narvaro.media.memory import MemoryMedia


@pytest.mark.parametrize(
    ("event", "report"),
    [
        ("participant_joined", MediaReport("joined", "room", "sofia")),
        ("participant_left", MediaReport("left", "room", "sofia")),
        ("participant_connection_aborted", MediaReport("left", "room", "sofia")),
        ("room_finished", MediaReport("room_finished", "room", "sofia")),
        ("track_published", None),
    ],
)
def test_signed_report_is_read(event: str, report: MediaReport | None) -> None:
    media = MemoryMedia()
    assert media.read_report(*media.report(event, "room", "sofia")) == report


def test_report_with_another_body_is_refused() -> None:
    media = MemoryMedia()
    body, authorization = media.report("room_finished", "room")
    with pytest.raises(NotSignedIn):
        media.read_report(body.replace(b"room_finished", b"room_started"), authorization)


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer x.y.z"])
def test_report_without_our_signature_is_refused(authorization: str) -> None:
    with pytest.raises(NotSignedIn):
        MemoryMedia().read_report(b'{"event":"room_finished"}', authorization)


def test_report_that_is_no_text_is_refused() -> None:
    with pytest.raises(NotSignedIn):
        MemoryMedia().read_report(b"\xff", MemoryMedia().report("room_finished", "room")[1])


def test_join_token_signs_no_report() -> None:
    media = MemoryMedia()
    token = media.join_token("room", "sofia", name="Sofia", kind="patient", rights=MediaRights((), may_subscribe=True))
    with pytest.raises(NotSignedIn):
        media.read_report(media.report("room_finished", "room")[0], token)
