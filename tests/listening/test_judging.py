"""A take is judged by its sound: homophones are no errors, and its last word has to be there."""

import pytest

from indextts_post.listening import Judged, judged, spoken_units


@pytest.mark.parametrize(
    ("text", "language", "units"),
    [
        ("Where's Ben?", "en", ["wheres", "ben"]),
        ("nearly 90", "en", ["nearly", "ninety"]),
        ("他的书，3本。", "zh", ["ta", "de", "shu", "san", "ben"]),
        ("我用hello world。", "zh", ["wo", "yong", "hello", "world"]),
        ("どこ？", "ja", ["ド", "コ"]),
        ("สวัสดี", "th", list("สวัสดี")),
    ],
)
def test_what_is_compared_is_what_one_hears(text: str, language: str, units: list[str]) -> None:
    assert spoken_units(text, language) == units


def test_homophones_and_figures_are_no_errors() -> None:
    assert judged("她在哪里？", "他在那里", "zh") == Judged("他在那里", 0, 4, True)  # ta zai na li both
    assert judged("She has ninety-one.", "She has 91", "en").errors == 0


def test_an_ending_that_is_not_heard_is_told_whatever_the_rest() -> None:
    #  we walked back to the harbour  |  we walked back to the   → 1 of 6, its end missing
    cut = judged("We walked back to the harbour.", "We walked back to the.", "en")
    assert (cut.errors, cut.length, cut.last_word, cut.misheard) == (1, 6, False, True)
    added = judged("We walked back.", "We walked back. Oh.", "en")
    assert (added.errors, added.last_word, added.misheard) == (1, True, True)  # 1 of 3 wrong is more than a quarter


def test_one_word_in_five_is_left_to_the_ear() -> None:
    close = judged("The old driver knew it.", "The old diver knew it.", "en")
    assert (close.rate, close.misheard) == (0.2, False)


def test_a_missing_ending_is_worse_than_any_errors_before_it() -> None:
    whole, cut = judged("a b c d", "x y z d", "en"), judged("a b c d", "a b c", "en")
    assert whole.cost < cut.cost
    assert judged("…", "", "en") == Judged("", 0, 0, True)
