"""The example borrows the product's migrated data folder."""

from tests.conftest import fresh, installations

__all__ = ["fresh", "installations"]
