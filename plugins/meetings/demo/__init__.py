"""The demonstration's meetings (演示): neutral content written for the product, told through the services.

`scripts/` holds what is said at the meetings and decided there, `applications.toml` what else lies on the desks.
"""

from plugins.meetings.demo import replay
from plugins.meetings.demo.places import fill

__all__ = ["fill", "replay"]
