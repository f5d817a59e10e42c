"""Open data in the shape of OParl 1.1 (https://schema.oparl.org/1.1/), mounted at /oparl/v1/; only what is public."""

from plugins.meetings.oparl.views import blueprint

__all__ = ["blueprint"]
