"""The metadata that every model and migration shares."""

from datetime import datetime
from typing import ClassVar, cast

from sqlalchemy import DateTime, MetaData, Table, Text
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """Constraint names follow one convention so that migrations can name them; instants are aware UTC."""

    metadata = MetaData(
        naming_convention={
            "ix": "%(table_name)s_%(column_0_N_name)s_ix",
            "uq": "%(table_name)s_%(column_0_N_name)s_key",
            "ck": "%(table_name)s_%(constraint_name)s_check",
            "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
            "pk": "%(table_name)s_pkey",
        }
    )
    type_annotation_map: ClassVar = {datetime: DateTime(timezone=True), str: Text()}


def table_of(model: type[Base]) -> Table:
    """For statements without the ORM behind them."""
    return cast(Table, model.__table__)
