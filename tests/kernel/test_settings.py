"""Settings: variables win over the file, and a wrong one is refused with its name."""

import re
from datetime import date
from pathlib import Path

import pytest

from kernel.access.roles import Role
from kernel.errors import InputError
from kernel.group_roles import GroupRole, parse_group_roles
from kernel.settings import Settings, load_settings


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def test_variables_win_over_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "monitor.toml").write_text('business_date = "2023-06-30"\npayment_due_days = 3\n')
    monkeypatch.setenv("MONITOR_BUSINESS_DATE", "2023-12-31")
    settings = load_settings()
    assert (settings.business_date, settings.payment_due_days) == (date(2023, 12, 31), 3)
    assert settings.clock().business_date() == date(2023, 12, 31)


def test_networks_are_given_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_RECEIVER_NETWORKS", "127.0.0.0/8, 10.1.0.0/16")
    assert load_settings().receiver_networks == ("127.0.0.0/8", "10.1.0.0/16")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BUSINESS_DATE", "2023-02-30"),
        ("ZONE", "Asia/Atlantis"),
        ("DATABASE_URL", "mysql://root:geheim@db/x"),
        ("PORT", "99999"),
        ("PAYMENT_DUE_DAYS", "0"),
        ("RECEIVER_NETWORKS", "10.0.0.1/8"),
        ("SCAN_AT", "25:00"),
        ("SCAN_AT", "06:00+08:00"),
        ("LOG_LEVEL", "LOUD"),
        ("BUSINESS_DATE", "0"),
        ("BUSINESS_DATE", "9999-12-31"),
        ("DATABASE_URL", "postgresql+asyncpg://root:geheim@db/x"),
        ("DATABASE_URL", "postgresql+nothing://root:geheim@db/x"),
        ("DATABASE_URL", "postgresql+psycopg://root:p@a:geheim@db/x"),
        ("DATABASE_URL", "postgresql+psycopg://root:p@geheim@db/x"),
        ("PUBLIC_URL", "nonsense"),
        ("PUBLIC_URL", "http://["),
        ("PUBLIC_URL", "https://a.example:x/"),
        ("PUBLIC_URL", "javascript:alert(1)"),
        ("PUBLIC_URL", "https://root:geheim@a.example/"),
    ],
)
def test_a_wrong_value_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"MONITOR_{name}", value)
    with pytest.raises(InputError, match=f"MONITOR_{name}") as refusal:
        load_settings()
    assert "geheim" not in str(refusal.value)
    assert not re.search(r"[a-z]+ [a-z]+", str(refusal.value)), "an operator reads Chinese"


def test_bands_out_of_order_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_LATE_PAYMENT_MAJOR_DAYS", "90")
    with pytest.raises(InputError, match="MONITOR_LATE_PAYMENT_CRITICAL_DAYS"):
        load_settings()


def test_an_unknown_name_in_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "monitor.toml").write_text("payment_due_day = 3\n")
    with pytest.raises(InputError, match="PAYMENT_DUE_DAY"):
        load_settings()


def test_a_file_that_is_named_but_not_there_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_SETTINGS_FILE", "absent.toml")
    with pytest.raises(InputError, match=r"absent\.toml"):
        load_settings()


@pytest.mark.parametrize("content", [b"port = [", b"\xff\xfe", b"port 8000"])
def test_a_file_that_is_no_toml_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "monitor.toml").write_bytes(content)
    with pytest.raises(InputError, match="TOML"):
        load_settings()


@pytest.mark.parametrize("listen", ["127.0.0.1", "127.8.0.1", "::1"])
def test_loopback_needs_no_public_address(listen: str) -> None:
    assert Settings(listen=listen).listen == listen


@pytest.mark.parametrize("public_url", ["", "http://monitor.example.gov.cn"])
@pytest.mark.parametrize("listen", ["0.0.0.0", "10.1.2.3", "::"])
def test_other_machines_are_let_in_by_https_alone(
    listen: str, public_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MONITOR_LISTEN", listen)
    monkeypatch.setenv("MONITOR_PUBLIC_URL", public_url)
    with pytest.raises(InputError) as refusal:
        load_settings()
    assert refusal.value.problems[0].field == "MONITOR_LISTEN"
    monkeypatch.setenv("MONITOR_PUBLIC_URL", "https://monitor.example.gov.cn")
    assert load_settings().listen == listen


@pytest.mark.parametrize("listen", ["localhost", "", "127.0.0.1:80", "所有"])
def test_what_is_no_address_to_listen_on_is_refused(
    listen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MONITOR_LISTEN", listen)
    with pytest.raises(InputError) as refusal:
        load_settings()
    assert refusal.value.problems[0].field == "MONITOR_LISTEN"


def test_settings_show_no_password_and_no_key() -> None:
    url = "postgresql+psycopg://monitor:hunter2@db/monitor"
    shown = repr(Settings(database_url=url, migration_url=url, secret_keys=("hunter3",)))
    assert "hunter" not in shown


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"ISSUER": "http://id.example.gov.cn"}, "ISSUER"),
        ({"ISSUER": "https://a:b@id.example.gov.cn"}, "ISSUER"),
        ({"ISSUER": "https://id.example.gov.cn?x=1"}, "ISSUER"),
        ({"CLIENT_ID": ""}, "CLIENT_ID"),
        ({"GROUPS": ""}, "GROUPS"),
        ({"GROUPS": "安监科"}, "GROUPS"),
        ({"GROUPS": "=clerk@A"}, "GROUPS"),
        ({"GROUPS": "安监科=chief@A"}, "GROUPS"),
        ({"GROUPS": "安监科=clerk"}, "GROUPS"),
        ({"GROUPS": "安监科=clerk@"}, "GROUPS"),
        ({"GROUPS": "运维=system_admin@A"}, "GROUPS"),
        ({"CA_FILE": "nowhere.pem"}, "CA_FILE"),
    ],
)
def test_a_sign_on_that_cannot_be_is_refused(
    given: dict[str, str], field: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = {
        "ISSUER": "https://id.example.gov.cn",
        "CLIENT_ID": "monitor",
        "CLIENT_SECRET": "hunter2",
        "GROUPS": "安监科=clerk@A",
    }
    for name, value in (whole | given).items():
        monkeypatch.setenv(f"MONITOR_OIDC_{name}", value)
    with pytest.raises(InputError) as refusal:
        load_settings()
    assert refusal.value.problems[0].field == f"MONITOR_OIDC_{field}"
    assert "hunter2" not in str(refusal.value.problems)


def test_groups_are_lines_or_parted_by_semicolons() -> None:
    text = "# 监管\n安监科 = oversight@650500-YJ; a=b=clerk@X\n运维=system_admin\n安监科=oversight@650500-YJ"
    assert parse_group_roles(text) == (
        GroupRole("安监科", Role.OVERSIGHT, "650500-YJ"),
        GroupRole("a=b", Role.CLERK, "X"),
        GroupRole("运维", Role.SYSTEM_ADMIN, None),
    )
    assert parse_group_roles(" \n;") == ()


def test_settings_do_not_show_the_sign_ons_secret() -> None:
    assert "hunter" not in repr(Settings(oidc_client_secret="hunter2"))
