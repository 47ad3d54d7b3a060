"""Settings from ``MONITOR_…`` variables or a TOML file, refused with the field's name when wrong."""

import os
from datetime import date, time
from decimal import Decimal
from ipaddress import ip_address, ip_network
from pathlib import Path
from tomllib import TOMLDecodeError
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, FilePath, ValidationError, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from kernel.clock import SystemClock
from kernel.errors import FieldProblem, InputError
from kernel.fields import Day
from kernel.group_roles import parse_group_roles
from kernel.refusals import refusal_sentence
from kernel.storage_settings import StorageSettings

PREFIX = "MONITOR_"
FILE_VARIABLE = "MONITOR_SETTINGS_FILE"
"""Names the TOML file; ``monitor.toml`` in the working folder is read when it exists."""
DRIVERS = {"sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg"}
_SECRET = ("database_url", "migration_url", "secret", "password")
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2200, 12, 31)
"""A business date outside has no ledger: it is a slip of the pen."""


class Settings(StorageSettings):
    """Everything an operator may set. Variables win over the file, the file over the defaults."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    data_dir: Path = Path("var")
    database_url: Annotated[str, Field(repr=False)] = ""
    migration_url: Annotated[str, Field(repr=False)] = ""
    business_date: Day | None = None
    zone: str = "Asia/Shanghai"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    public_url: str = ""
    listen: Annotated[str, Field(validate_default=True)] = "127.0.0.1"
    trusted_proxies: Annotated[int, Field(ge=0, le=5)] = 0
    scan_at: time = time(6, 0)
    payment_due_days: Annotated[int, Field(ge=1, le=90)] = 7
    late_payment_major_days: Annotated[int, Field(ge=2, le=365)] = 15
    late_payment_critical_days: Annotated[int, Field(ge=3, le=730, validate_default=True)] = 60
    missing_plan_critical_days: Annotated[int, Field(ge=2, le=365)] = 30
    payment_resolution_from: Annotated[Decimal, Field(ge=0, max_digits=16, decimal_places=2)] = (
        Decimal("500000.00")
    )
    receiver_networks: Annotated[tuple[str, ...], NoDecode] = ()
    receiver_timeout_seconds: Annotated[float, Field(ge=0.2, le=30)] = 15.0
    workbook_max_bytes: Annotated[int, Field(ge=1_000)] = 20_000_000
    workbook_max_unpacked_bytes: Annotated[int, Field(ge=10_000)] = 300_000_000
    secret_keys: Annotated[tuple[str, ...], NoDecode, Field(repr=False)] = ()
    oidc_issuer: str = ""
    oidc_client_id: Annotated[str, Field(validate_default=True)] = ""
    oidc_client_secret: Annotated[str, Field(repr=False)] = ""
    oidc_ca_file: FilePath | None = None
    oidc_groups_claim: Annotated[str, Field(min_length=1, max_length=200)] = "groups"
    oidc_groups: Annotated[str, Field(validate_default=True)] = ""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    demo: bool = False

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read arguments, then variables, then the file; nothing else."""
        _ = dotenv_settings, file_secret_settings
        named = Path(os.environ.get(FILE_VARIABLE, "monitor.toml"))
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, named)

    @field_validator("receiver_networks", mode="before")
    @classmethod
    def _split_networks(cls, value: object) -> object:
        parts = value.split(",") if isinstance(value, str) else value
        if isinstance(parts, list | tuple):
            return tuple(_network(str(part)) for part in parts if str(part).strip())
        return value

    @field_validator("secret_keys", mode="before")
    @classmethod
    def _split_keys(cls, value: object) -> object:
        parts = value.split(",") if isinstance(value, str) else value
        if isinstance(parts, list | tuple):
            return tuple(str(part).strip() for part in parts if str(part).strip())
        return value

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError("不是已知时区，例如 Asia/Shanghai") from None
        return value

    @field_validator("database_url", "migration_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if not value:
            return value
        try:
            url = make_url(value)
        except (ArgumentError, ValueError):
            # Its own words may repeat a part of the password.
            raise ValueError("不是 SQLAlchemy 数据库地址") from None
        if url.drivername not in DRIVERS:
            raise ValueError("只支持 sqlite 与 postgresql+psycopg")
        if "@" in (url.host or ""):
            # A connection that fails would name the rest of the password as the host.
            raise ValueError("用户名和密码中的 @ 须写作 %40")
        return value

    @field_validator("business_date")
    @classmethod
    def _plausible_date(cls, value: date | None) -> date | None:
        if value is not None and not FIRST_DAY <= value <= LAST_DAY:
            raise ValueError(f"应在 {FIRST_DAY} 至 {LAST_DAY} 之间")
        return value

    @field_validator("scan_at")
    @classmethod
    def _local_time(cls, value: time) -> time:
        if value.tzinfo is not None:
            raise ValueError("不能带时区；时区由 MONITOR_ZONE 给出")
        return value

    @field_validator("public_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        if value and not _is_web_address(value):
            raise ValueError("应为 http:// 或 https:// 开头的网址，不带用户名、查询和 # 片段")
        return value

    @field_validator("listen")
    @classmethod
    def _reached_from_elsewhere_by_https_alone(cls, value: str, info: ValidationInfo) -> str:
        try:
            address = ip_address(value)
        except ValueError:
            raise ValueError("应为 IP 地址，例如 127.0.0.1 或 0.0.0.0") from None
        if not address.is_loopback and not info.data.get("public_url", "").startswith("https://"):
            raise ValueError(
                "其他机器可达的地址须同时设 MONITOR_PUBLIC_URL 为 https:// 开头的网址，"
                "由前面的反向代理提供 HTTPS"
            )
        return str(address)

    @field_validator("demo")
    @classmethod
    def _demo_at_home(cls, value: bool, info: ValidationInfo) -> bool:
        named = urlsplit(info.data.get("public_url") or "http://127.0.0.1").hostname
        if value and not {named, str(info.data.get("listen", "127.0.0.1"))} <= LOOPBACK:
            raise ValueError("演示登录不需要密码，只能用于本机回环地址")
        if value and info.data.get("trusted_proxies"):
            raise ValueError(
                "演示登录不需要密码，只能在本机回环地址直接访问，不能放在反向代理（MONITOR_TRUSTED_PROXIES）后面"
            )
        return value

    @field_validator("oidc_issuer")
    @classmethod
    def _issuer(cls, value: str) -> str:
        if value and not (_is_web_address(value) and _is_guarded(value)):
            raise ValueError(
                "应为 https:// 开头的网址（仅本机可用 http://），不带用户名、查询和 # 片段"
            )
        return value

    @field_validator("oidc_client_id", "oidc_groups")
    @classmethod
    def _sign_on_is_whole(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("oidc_issuer") and not value.strip():
            raise ValueError("给出 MONITOR_OIDC_ISSUER 时必须填写")
        return value

    @field_validator("oidc_groups")
    @classmethod
    def _groups(cls, value: str) -> str:
        parse_group_roles(value)
        return value

    @field_validator("late_payment_critical_days")
    @classmethod
    def _after_major(cls, value: int, info: ValidationInfo) -> int:
        major = info.data.get("late_payment_major_days")
        if major is not None and value <= major:
            raise ValueError(f"须大于 MONITOR_LATE_PAYMENT_MAJOR_DAYS 的 {major}")
        return value

    @property
    def database(self) -> str:
        """The database's address: the one set, else the embedded file in ``data_dir``."""
        return self.database_url or f"sqlite:///{self.data_dir / 'monitor.db'}"

    @property
    def link_base(self) -> str:
        """What links in messages start with, without a slash at the end."""
        return (self.public_url or f"http://127.0.0.1:{self.port}").rstrip("/")

    def clock(self) -> SystemClock:
        """The clock of an entry point: real instants, business date fixed if set so."""
        return SystemClock(ZoneInfo(self.zone), self.business_date)


def load_settings() -> Settings:
    """Read the settings; raises ``InputError`` that names each wrong variable and its value."""
    named = os.environ.get(FILE_VARIABLE)
    if named and not Path(named).is_file():
        raise InputError(FILE_VARIABLE, f"没有这个文件：{named}")
    try:
        return Settings()
    except (TOMLDecodeError, UnicodeDecodeError, OSError):
        raise InputError(FILE_VARIABLE, f"{named or 'monitor.toml'} 不是可读的 TOML 文件") from None
    except ValidationError as error:
        problems = [
            FieldProblem(
                PREFIX + "_".join(str(part) for part in fault["loc"]).upper(),
                f"{_shown(fault['loc'], fault['input'])}："
                f"{refusal_sentence(fault['type'], fault.get('ctx', {}), fault['msg'])}",
            )
            for fault in error.errors()
        ]
        refusal = InputError(problems[0].field, problems[0].message)
        refusal.problems = tuple(problems)
        raise refusal from None


def _is_web_address(text: str) -> bool:
    """An address that links can start with: scheme, host, port and path, nothing else."""
    try:
        parts = urlsplit(text)
        named = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return named and not ("@" in parts.netloc or parts.query or parts.fragment)


def _is_guarded(address: str) -> bool:
    """Nobody on the way can read or change it: TLS, or it does not leave the machine."""
    parts = urlsplit(address)
    return parts.scheme == "https" or parts.hostname in LOOPBACK


def _network(text: str) -> str:
    try:
        return str(ip_network(text.strip()))
    except ValueError:
        raise ValueError(f"{text.strip()} 不是网段，例如 10.1.0.0/16") from None


def _shown(location: tuple[int | str, ...], value: object) -> str:
    """The value found, unless the field may hold a password."""
    named = "_".join(str(part) for part in location).lower()
    secret = any(word in named for word in _SECRET) or "@" in str(value)
    return "（值不显示）" if secret else f"“{value}”"
