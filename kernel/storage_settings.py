"""Settings of where documents' contents are kept, and how large one may be."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings

LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class StorageSettings(BaseSettings):
    """``storage_url`` empty: on disk in ``data_dir``; else ``s3://BUCKET/PREFIX``."""

    storage_url: str = ""
    storage_endpoint: str = ""
    storage_region: Annotated[str, Field(min_length=1, max_length=60)] = "us-east-1"
    storage_access_key: Annotated[str, Field(validate_default=True, repr=False)] = ""
    storage_secret_key: Annotated[SecretStr, Field(validate_default=True)] = SecretStr("")
    storage_path_style: bool = True
    document_max_bytes: Annotated[int, Field(ge=1_000, le=2_000_000_000)] = 100_000_000

    @field_validator("storage_url")
    @classmethod
    def _bucket(cls, value: str) -> str:
        if value and not (_is_plain(value) and urlsplit(value).scheme == "s3"):
            raise ValueError("应为 s3://存储桶/前缀；留空则存在 MONITOR_DATA_DIR 的 documents 中")
        return value

    @field_validator("storage_endpoint")
    @classmethod
    def _endpoint(cls, value: str) -> str:
        guarded = value.startswith("https://") or urlsplit(value).hostname in LOOPBACK
        if value and not (_is_plain(value) and guarded):
            raise ValueError("应为 https:// 开头的网址（仅本机可用 http://），不带用户名和查询")
        return value

    @field_validator("storage_access_key", "storage_secret_key")
    @classmethod
    def _keys_are_there(cls, value: str | SecretStr, info: ValidationInfo) -> str | SecretStr:
        plain = value.get_secret_value() if isinstance(value, SecretStr) else value
        if info.data.get("storage_url") and not plain.strip():
            raise ValueError("给出 MONITOR_STORAGE_URL 时必须填写")
        return value


def _is_plain(address: str) -> bool:
    """Scheme, host, port and path, nothing else."""
    try:
        parts = urlsplit(address)
        return (
            bool(parts.hostname)
            and parts.port != 0
            and "@" not in parts.netloc
            and not (parts.query or parts.fragment)
        )
    except ValueError:
        return False
