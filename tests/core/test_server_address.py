"""The note that says where a data folder's server answers."""

from __future__ import annotations

from core import serve


def test_only_an_address_that_answers_is_left_standing() -> None:
    listener = serve.open_port("127.0.0.1", 0)
    base = serve.address(listener)
    assert serve._answers(base)
    assert serve._answers(base.replace("127.0.0.1", "0.0.0.0"))
    listener.close()
    assert not serve._answers(base)
    assert not serve._answers("")
