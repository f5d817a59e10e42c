"""The example borrows the product's migrated data folder."""

from tests.conftest import template

__all__ = ["template"]
