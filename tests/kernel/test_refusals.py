"""What a reader is told when pydantic refuses a value."""

from typing import Literal

import pytest
from pydantic import TypeAdapter, ValidationError

from kernel.refusals import refusal_sentence


def test_allowed_words_are_listed_without_english() -> None:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(Literal["open", "resolved", "all"]).validate_python("nix")
    fault = refused.value.errors()[0]
    said = refusal_sentence(fault["type"], fault["ctx"], fault["msg"])
    assert said == "只能是 open、resolved、all"


def test_what_the_table_does_not_know_keeps_its_own_words() -> None:
    assert refusal_sentence("new_type", {}, "Input should be new") == "Input should be new"
