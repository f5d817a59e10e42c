"""Servers the product is measured beside."""
