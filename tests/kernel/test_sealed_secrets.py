"""Secrets kept encrypted: sealed by the newest key, opened by each, refused in words."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import InputError, UnavailableError
from kernel.sealed_secrets import KEY_FILE, MARK, SealedSecrets, new_sealing_key, sealed_secrets
from kernel.settings import Settings, load_settings

OLD, NEW = Fernet.generate_key(), Fernet.generate_key()


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_is_sealed_opens_again_and_does_not_show(text: str) -> None:
    secrets = SealedSecrets([NEW])
    sealed = secrets.seal(text)
    assert sealed.startswith(MARK)
    assert secrets.open(sealed) == text
    assert sealed != secrets.seal(text)


def test_the_newest_key_seals_and_each_opens() -> None:
    old, both, new = SealedSecrets([OLD]), SealedSecrets([NEW, OLD]), SealedSecrets([NEW])
    sealed = old.seal("口令")
    assert both.open(sealed) == "口令"
    assert not both.is_current(sealed)
    again = both.seal("口令")
    assert both.is_current(again)
    assert new.open(again) == "口令"


def test_a_value_from_before_is_read_as_it_is_and_is_not_current() -> None:
    secrets = SealedSecrets([NEW])
    assert secrets.open("whsec_abc") == "whsec_abc"
    assert not secrets.is_current("whsec_abc")


@pytest.mark.parametrize("changed", ["", "x", "口令", "gAAAAA=="])
def test_without_a_fitting_key_it_says_so_and_repeats_nothing(changed: str) -> None:
    with pytest.raises(UnavailableError) as refusal:
        SealedSecrets([NEW]).open(MARK + changed)
    assert "MONITOR_SECRET_KEYS" in refusal.value.message
    assert not changed or changed not in refusal.value.message
    assert not SealedSecrets([NEW]).is_current(MARK + changed)


def test_another_key_does_not_open() -> None:
    with pytest.raises(UnavailableError):
        SealedSecrets([NEW]).open(SealedSecrets([OLD]).seal("口令"))


@pytest.mark.parametrize("keys", [[], [b""], [b"abc"], ["口令".encode()], [NEW, b"abc"]])
def test_a_key_that_is_none_is_refused(keys: list[bytes]) -> None:
    with pytest.raises(InputError) as refusal:
        SealedSecrets(keys)
    assert refusal.value.problems[0].field == "MONITOR_SECRET_KEYS"
    assert "abc" not in refusal.value.message


def test_the_key_is_made_once_and_is_its_owners_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MONITOR_SECRET_KEYS")
    settings = Settings(data_dir=tmp_path)
    with ThreadPoolExecutor(8) as together:
        made = list(together.map(lambda _: sealed_secrets(settings), range(8)))
    sealed = made[0].seal("口令")
    assert {one.open(sealed) for one in made} == {"口令"}
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE]


def test_keys_of_the_settings_come_first_and_make_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = new_sealing_key(), new_sealing_key()
    monkeypatch.setenv("MONITOR_SECRET_KEYS", f" {first} , {second},")
    monkeypatch.setenv("MONITOR_DATA_DIR", str(tmp_path))
    settings = load_settings()
    assert settings.secret_keys == (first, second)
    assert first not in repr(settings)
    sealed = sealed_secrets(settings).seal("口令")
    assert SealedSecrets([first.encode()]).open(sealed) == "口令"
    assert not list(tmp_path.iterdir())


def test_moving_from_the_file_to_the_settings_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MONITOR_SECRET_KEYS")
    sealed = sealed_secrets(Settings(data_dir=tmp_path)).seal("口令")
    moved = sealed_secrets(Settings(data_dir=tmp_path, secret_keys=(new_sealing_key(),)))
    assert moved.open(sealed) == "口令"
    assert not moved.is_current(sealed)
