"""How text is folded and cut: what a query asks for is in every text that holds it."""

from hypothesis import given
from hypothesis import strategies as st

from contracts.search.text import fold, marked, pieces, words_of

SIGNS = st.text("安全监管矿A１2-bＣ（　", max_size=40)


def _cut(text: str) -> set[str]:
    """All pieces of a text as the database makes them."""
    ended = text + "\n"
    found = {ended[i : i + 2] for i in range(len(text))}
    for size in (4, 8):
        runs = (ended[i : i + size] for i in range(len(text) - size + 1))
        found |= {run for run in runs if all("!" <= sign <= "~" for sign in run)}
    return found


@given(before=SIGNS, word=SIGNS, after=SIGNS)
def test_a_text_has_every_piece_of_a_word_in_it(before: str, word: str, after: str) -> None:
    text = fold(before + word + after)
    for each in words_of(word):
        assert set(pieces(each)) <= _cut(text)
        assert len(each) > 1 or any(piece.startswith(each) for piece in _cut(text))


@given(text=SIGNS, query=SIGNS)
def test_marking_changes_no_text(text: str, query: str) -> None:
    parts = marked(text, words_of(query))
    assert "".join(part for part, _ in parts) == text
    assert all(fold(part) in fold(text) for part, _ in parts)
    hit = any(word in fold(text) for word in words_of(query))
    assert any(is_hit for _, is_hit in parts) == hit


def test_width_and_case_are_folded() -> None:
    assert fold("ＸＪ－２０２３（甲）　Ab") == "xj-2023(甲) ab"
    assert words_of(" 甲　甲 AB ａｂ ") == ["甲", "ab"]


def test_long_runs_are_looked_for_by_long_pieces() -> None:
    assert pieces("xj-2023-0001") == ["xj-2023-", "023-0001"]
    assert pieces("2023年") == ["2023", "3年"]
