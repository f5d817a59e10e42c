"""The example borrows the product's migrated data folder."""

from tests.conftest import fresh, template

__all__ = ["fresh", "template"]
