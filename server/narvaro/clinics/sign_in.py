"""How staff sign in; importing it tells `auth`."""

from narvaro.auth.actors import ActorKind
from narvaro.auth.people import People, register_homes, register_people
from narvaro.clinics.queries import KNOWN, admit_staff_member, find_home

register_homes(find_home)
register_people(ActorKind.STAFF, People(known=KNOWN, admit=admit_staff_member))
