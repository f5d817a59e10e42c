"""R3 and R4: Redis and PostgreSQL go away and come back while people write, read and open pages."""

from __future__ import annotations

import itertools
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from core import jurisdictions, notices
from core.db import write
from plugins.meetings.bench.faults.ending import ended
from plugins.meetings.bench.faults.followers import Followers
from plugins.meetings.bench.faults.outside import Postgres, Redis, redis_server
from plugins.meetings.bench.faults.stage import PATIENCE, beside, until
from plugins.meetings.bench.faults.table import Figures, Place
from plugins.meetings.bench.faults.writers import Book, Caller, Writers
from plugins.meetings.bench.sites import PLACE, Site, mails, wait_until

PAUSE = 0.05
"""Between two lines of one writer, and between two pages of a visitor."""
SENTENCES = ("请等几秒钟再试一次", "请稍后重试")
"""What an error says is to be done: on pages, and to programs."""
FLUSH_SECONDS = 0.5
PAGES = ("/{place}/", "/{place}/meetings/{meeting}/live/", "/admin/{place}/", "/admin/{place}/meetings/{meeting}/")


# --- R3 --------------------------------------------------------------------------------------------


def redis_away(place: Place, *, seconds: float, writers: int, readers: int) -> Figures:
    """R3: Redis is killed, paused and emptied; lines of one process reach the readers of another by the database."""
    with redis_server() as server:
        site = place.site
        site.environ |= {"REDIS_URL": server.url, "CELERY_BROKER_URL": server.url}
        running = [site.start("run", "web", "--port", "0") for _ in range(2)]
        urls = [process.ready().url for process in running]
        site.open_meeting(urls[0])
        followers = Followers(urls, site.join(urls[0]), readers)
        work = Writers(site, urls[:1], lines=1_000_000, pause=PAUSE)
        with followers.reading():
            with work.working(writers):
                for fault in (_killed, _paused, _emptied):
                    fault(server, partial(_hold, work.book, seconds))
                    _hold(work.book, seconds / 3)
                work.enough.set()
            figures = ended(site, urls[0], work, followers)
    return figures | {
        "delay_s": round(followers.delay(work.book.at), 2), "slowest_line_s": round(work.book.slowest, 2),
        "refused": work.book.errors, "lines": len(work.book.acknowledged),
    }  # fmt: skip


def _killed(server: Redis, hold: Callable[[], None]) -> None:
    server.kill()
    hold()
    server.start()


def _paused(server: Redis, hold: Callable[[], None]) -> None:
    server.pause()
    hold()
    server.go_on()
    wait_until(server.answers, PATIENCE)


def _emptied(server: Redis, hold: Callable[[], None]) -> None:
    with beside(server.flush, FLUSH_SECONDS):
        hold()


def _hold(book: Book, seconds: float) -> None:
    """Let so much time pass, and see that lines are acknowledged in it."""
    end, before = time.monotonic() + seconds, len(book.acknowledged)
    wait_until(lambda: time.monotonic() > end and len(book.acknowledged) > before, seconds + PATIENCE)


# --- R4 --------------------------------------------------------------------------------------------


def postgres_away(
    place: Place, *, times: int, seconds: float, writers: int, readers: int, roles: Sequence[str]
) -> Figures:
    """R4: PostgreSQL is stopped, restarted, and cut in the middle of transactions; the same processes go on."""
    assert place.postgres is not None
    site, server = place.site, place.postgres
    running = [site.start("run", *role.split()) for role in roles]
    url = running[0].ready().url
    site.open_meeting(url)
    followers, visits = Followers([url], site.join(url), readers), Book()
    work = Writers(site, [url], lines=1_000_000, pause=PAUSE)
    slowest, cut = 0.0, 0
    with followers.reading(), _visitors(site, url, visits):
        with work.working(writers):
            for _ in range(times):
                _stopped(server, seconds, visits)
                slowest = max(slowest, _back(work.book, visits))
                cut += _cut(server)
                slowest = max(slowest, _back(work.book, visits))
                server.restart()
                slowest = max(slowest, _back(work.book, visits))
            work.enough.set()
        owed = _mail_missing(site) if len(running) > 1 else 0
        figures = ended(site, url, work, followers)
    server.restart()
    staff = Caller(url, site.tokens["writer"])
    refused = sum(staff.ask("GET", page).status != 200 for page in _pages(site))
    both = (work.book, visits)
    return figures | {
        "refused_afterwards": refused,
        "improper": sum(len(book.improper) for book in both), "back_s": round(slowest, 1),
        "processes_ended": sum(process.popen.poll() is not None for process in running), "mails_missing": owed,
        "refused": sum(book.statuses[503] for book in both), "cut": cut,
        "lines": len(work.book.acknowledged), "pages": visits.statuses[200],
    }  # fmt: skip


def _stopped(server: Postgres, seconds: float, visits: Book) -> None:
    """Away for so long, and until a page has been refused."""
    server.stop()
    end, before = time.monotonic() + seconds, visits.statuses[503]
    wait_until(lambda: time.monotonic() > end and visits.statuses[503] > before, seconds + PATIENCE)
    server.start()


def _back(lines: Book, visits: Book) -> float:
    """How long until a line is acknowledged and every page opens again."""
    said, opened = len(lines.acknowledged), visits.statuses[200]
    return wait_until(lambda: len(lines.acknowledged) > said and visits.statuses[200] >= opened + len(PAGES), PATIENCE)


def _cut(server: Postgres) -> int:
    """Cut whoever is in a transaction; again until somebody was."""
    found = 0

    def some() -> bool:
        nonlocal found
        found = server.drop_transactions()
        return bool(found)

    wait_until(some, PATIENCE)
    return found


@contextmanager
def _visitors(site: Site, url: str, visits: Book) -> Iterator[None]:
    """Somebody signed in and somebody who is nobody open the pages again and again."""
    pages = itertools.cycle(_pages(site))
    public, staff = Caller(url), Caller(url, site.tokens["writer"])
    with beside(lambda: _visit(staff if (page := next(pages)).startswith("/admin/") else public, page, visits), PAUSE):
        yield


def _pages(site: Site) -> list[str]:
    return [page.format(place=PLACE, meeting=site.meeting) for page in PAGES]


def _visit(caller: Caller, page: str, visits: Book) -> None:
    answer = caller.ask("GET", page)
    visits.note(answer, page)
    told = answer.status == 503 and any(sentence in answer.body.decode() for sentence in SENTENCES)
    if answer.status != 200 and not told:
        visits.improper.append(f"{page}: {answer.status} without a sentence")


def _mail_missing(site: Site) -> int:
    """One that is owed now goes out, by the worker that was there all along."""
    before = mails(site)
    with site.inside(), jurisdictions.enter(jurisdictions.by_slug(PLACE)), write():
        notices.send(secrets.token_hex(8), "email", subject="题", address="a@example.org")
    return int(until(lambda: mails(site) > before, PATIENCE) and mails(site) != before + 1)
