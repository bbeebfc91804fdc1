"""What is true of notices and errors."""

from __future__ import annotations

import pytest

from connectors import errors
from connectors.errors import SourceUnavailable
from connectors.notices import NoticeCode, notice


@pytest.mark.parametrize("code", NoticeCode)
def test_every_notice_speaks_both_languages_and_says_what_to_do(code):
    said = notice(code)
    assert all((said.text.zh, said.text.en, said.action.zh, said.action.en))


def test_a_wait_is_given_only_where_trying_again_can_help():
    assert notice(NoticeCode.BUSY, retry_after=3).retry_after == 3
    assert notice(NoticeCode.TLS_FAILED, retry_after=3).retry_after is None


def test_an_error_says_its_code_place_and_numbers():
    assert (
        str(SourceUnavailable(NoticeCode.FAILING, where="page", status=503)) == "FAILING at page status=503"
    )


def test_an_error_has_no_room_for_a_value():
    with pytest.raises(ValueError):
        str(SourceUnavailable(status="张三"))


def test_the_tree_of_errors_is_the_one_drawn():
    named = {name for name in vars(errors) if name.startswith(("Source", "Question"))}
    tree = errors.__doc__.split("An error says")[0]
    assert all(name in tree for name in named)
