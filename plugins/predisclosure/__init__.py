"""Predisclosure (重大行政决策预公开): no major decision before the public was asked."""
