"""How a scenario with a meeting ends: sealed, and compared with what was acknowledged and with what readers have."""

from __future__ import annotations

from plugins.meetings.bench.faults.followers import Followers
from plugins.meetings.bench.faults.table import Figures
from plugins.meetings.bench.faults.writers import Writers, against
from plugins.meetings.bench.sites import Site
from plugins.meetings.live.record import check_record

PATIENCE = 90.0


def ended(site: Site, url: str, work: Writers, followers: Followers) -> Figures:
    """Seal; the lines lost, doubled and out of order, breaks of the chain, readers who have something else."""
    record = site.seal(url)
    followers.wait(lambda: all(one.done() for one in followers.all), PATIENCE)
    return {
        **against(record, work.book),
        "digest_faults": len(list(check_record(record))),
        "readers_unlike": followers.unlike(record, followers.all[0].asked["after"]),
    }
