"""How staff sign in; importing it tells `auth`."""

from narvaro.auth.actors import ActorKind
from narvaro.auth.people import People, register_homes, register_people
from narvaro.clinics.queries import admit_staff_member, find_home, load_person

register_homes(find_home)
register_people(ActorKind.STAFF, People(load=load_person, admit=admit_staff_member))
