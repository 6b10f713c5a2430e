"""Who lives in the demo: two clinics, so that "may not see" can be tried."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class DemoClinic:
    slug: str
    name: str
    brand: str


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """`sub` is the provider's name for the person, and the `login_hint` that leads straight to them."""

    sub: str
    name: str
    kind: Literal["staff", "patient"]
    clinic: DemoClinic
    role: Literal["staff", "administrator"] = "staff"
    number: str | None = None
    """The patient's own, verified; they have agreed to be rung by text."""
    first_words: str = ""
    """What a patient has written before anybody tries the demo; nothing: they have no conversation yet."""

    def sign_in_url(self, base_url: str) -> str:
        return f"{base_url}/{self.kind}/{self.clinic.slug}/sign-in?login_hint={self.sub}"


TESTKOPING = DemoClinic("testkoping", "Hälsocentralen Testköping", "Region Testköping")
TESTBY = DemoClinic("testby", "Barn- och ungdomsmottagningen Testby", "Region Testköping")
CLINICS = (TESTKOPING, TESTBY)

SELMA = DemoPerson("selma-testkvist", "Selma Testkvist", "staff", TESTKOPING)
SOFIA = DemoPerson(
    "sofia-gunnarsson",
    "Sofia Gunnarsson",
    "patient",
    TESTKOPING,
    number="+46701740605",
    first_words="Hej! Jag undrar om det går att prata om resultaten i dag.",
)
PEOPLE = (
    SELMA,
    DemoPerson("anna-lindqvist", "Anna Lindqvist", "staff", TESTKOPING, "administrator"),
    SOFIA,
    DemoPerson("erik-lind", "Erik Lind", "patient", TESTKOPING, first_words="Hej, jag behöver förnya ett recept."),
    DemoPerson("amina-hassan", "Amina Hassan", "patient", TESTKOPING),
    DemoPerson("karl-johansson", "Karl Johansson", "patient", TESTKOPING),
    DemoPerson("maria-ek", "Maria Ek", "staff", TESTBY),
    DemoPerson("oskar-nyberg", "Oskar Nyberg", "patient", TESTBY, first_words="Hej! När kan vi prata?"),
)
