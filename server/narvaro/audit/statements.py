"""The access log's row, for a statement of its own or as part of another."""

from typing import Any, Final

from sqlalchemy import CTE, ColumnElement, bindparam, insert, select

from narvaro.audit.models import AuditEntry
from narvaro.db.base import table_of
from narvaro.db.prepared import Prepared

_LOG: Final = table_of(AuditEntry)
_WHOSE: Final = ("patient_id", "object_id")
_WHO: Final = {
    "at": bindparam("at", type_=_LOG.c.at.type),
    "clinic_id": bindparam("actor_clinic_id", type_=_LOG.c.actor_id.type),
    "actor_kind": bindparam("actor_kind", type_=_LOG.c.actor_kind.type),
    "actor_id": bindparam("actor_id", type_=_LOG.c.actor_id.type),
    "action": bindparam("action", type_=_LOG.c.action.type),
}

ADD: Final = Prepared(insert(_LOG).inline().values(_WHO | {name: bindparam(name) for name in _WHOSE}))


def logged(patient_id: ColumnElement[Any], object_id: ColumnElement[Any]) -> CTE:
    """For `add_cte`: one access for each row of another part. It runs with `action`, `at` and what `by(actor)` says."""
    return insert(_LOG).inline().from_select([*_WHO, *_WHOSE], select(*_WHO.values(), patient_id, object_id)).cte("logged")
