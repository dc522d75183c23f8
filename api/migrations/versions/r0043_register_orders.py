"""The register by region and by trade, and published findings by enterprise, each as an index reads them."""

from alembic import op

revision = "0043"
down_revision = "0042"


def upgrade() -> None:
    """Bring the tables to this version; texts are ordered by code points on both engines."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            'ALTER TABLE enterprise ALTER COLUMN region TYPE text COLLATE "C", '
            'ALTER COLUMN sector TYPE text COLLATE "C"'
        )
    op.create_index(op.f("ix_enterprise_region_code"), "enterprise", ["region", "code"])
    op.create_index(op.f("ix_enterprise_sector_code"), "enterprise", ["sector", "code"])
    op.drop_index(op.f("ix_disclosure_enterprise"), "disclosure")
    op.create_index(op.f("ix_disclosure_enterprise_number"), "disclosure", ["enterprise", "number"])
