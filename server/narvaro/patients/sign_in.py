"""How patients sign in; importing it tells `auth`."""

from narvaro.auth.actors import ActorKind
from narvaro.auth.people import People, register_people
from narvaro.patients.actions import admit_patient
from narvaro.patients.queries import KNOWN

register_people(ActorKind.PATIENT, People(known=KNOWN, admit=admit_patient))
