"""What a reader is told when pydantic refuses a value."""

from typing import Literal

import pytest
from pydantic import AwareDatetime, TypeAdapter, ValidationError

from kernel.refusals import refusal_sentence


def test_allowed_words_are_listed_without_english() -> None:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(Literal["open", "resolved", "all"]).validate_python("nix")
    fault = refused.value.errors()[0]
    said = refusal_sentence(fault["type"], fault["ctx"], fault["msg"])
    assert said == "只能是 open、resolved、all"


@pytest.mark.parametrize("given", ["2023-12-31", "2023-12-31T00:00:00", "去年", [1]])
def test_an_instant_without_its_time_zone_is_refused_in_chinese(given: object) -> None:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(AwareDatetime).validate_python(given)
    fault = refused.value.errors()[0]
    said = refusal_sentence(fault["type"], fault.get("ctx", {}), fault["msg"])
    assert "时区" in said
    assert "2023-12-31T00:00:00+08:00" in said


def test_what_the_table_does_not_know_keeps_its_own_words() -> None:
    assert refusal_sentence("new_type", {}, "Input should be new") == "Input should be new"
