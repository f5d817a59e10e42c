"""Transcripts of meetings held elsewhere, read for replay (`./mingtang live replay`): Akoma Ntoso, QMSum, VCSum.

Clean-up, the same for all formats and nothing beyond it: CRLF and CR become LF; a tab becomes a blank; other control
characters are dropped and lone surrogates become U+FFFD, because live text takes neither; a turn without any visible
character is left out. What a format adds stands at the head of its module. No other character is changed.

    transcript = read(Path("meeting.an.xml"))
    transcript.text    # the source text after the clean-up, in order
"""

from plugins.meetings.transcripts.files import FORMATS, read
from plugins.meetings.transcripts.model import LONGEST, Line, Transcript, TranscriptError

__all__ = ["FORMATS", "LONGEST", "Line", "Transcript", "TranscriptError", "read"]
