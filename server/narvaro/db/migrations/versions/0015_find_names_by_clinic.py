"""Find names by clinic."""

from alembic import op
from sqlalchemy import text

from narvaro.patients.models import NAME_WORDS, NAME_WORDS_SQL

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.execute(NAME_WORDS_SQL)
    op.create_index("patients_name_words_ix", "patients", [text(NAME_WORDS)], postgresql_using="gin")
    op.drop_index("patients_name_search_ix", table_name="patients")
