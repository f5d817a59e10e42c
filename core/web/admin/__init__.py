"""The staff console (工作台) at /admin/<jurisdiction>/…: Flask-Admin gives shell and routing, the pages are our own.

Plugin authors use `ConsoleView` and nothing else of Flask-Admin: its model views edit rows past services, state
machines and audit, so the console has none.
"""

from core.web.admin.base import ConsoleView, expose, staff_only
from core.web.admin.shell import init_app

__all__ = ["ConsoleView", "expose", "init_app", "staff_only"]
