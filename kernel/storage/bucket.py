"""Contents in an S3-compatible bucket. A put is seen whole or not at all; that is the service's word."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import S3Store

from kernel.logs import get_logger
from kernel.storage.contents import ContentLost, Kept, StorageDown, pieces_of
from kernel.storage.staging import Staged

PART: Final = 8 * 1024 * 1024
"""Bytes of one part of a large upload; two are in memory at most."""
_PARALLEL: Final = 2
_DIGITS: Final = 64
_logger = get_logger("storage")


class BucketContents:
    """Contents as objects that are named by their SHA-256, below a prefix of the bucket.

    ``scratch`` is a folder of this machine for what is on its way.
    """

    def __init__(
        self,
        bucket: str,
        prefix: str,
        *,
        endpoint: str,
        region: str,
        access_key: str,
        secret_key: str,
        path_style: bool,
        scratch: Path,
    ) -> None:
        self._scratch = scratch
        self._store = S3Store(
            bucket,
            prefix=prefix or None,
            endpoint=endpoint or None,
            region=region,
            access_key_id=access_key,
            secret_access_key=secret_key,
            virtual_hosted_style_request=not path_style,
            client_options={
                "allow_http": endpoint.startswith("http://"),
                "connect_timeout": "5s",
                "timeout": "60s",
            },
            retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=15)},
        )

    def keep(self, staged: Staged) -> None:
        """See ``Contents.keep``."""
        staged.file.seek(0)
        with _told():
            obstore.put(
                self._store,
                staged.sha256,
                staged.file,
                use_multipart=staged.size > PART,
                chunk_size=PART,
                max_concurrency=_PARALLEL,
            )

    def has(self, name: str) -> bool:
        """See ``Contents.has``."""
        with _told():
            try:
                obstore.head(self._store, name)
            except (FileNotFoundError, NotFoundError):
                return False
        return True

    def read(self, name: str) -> Iterator[bytes]:
        """See ``Contents.read``.

        Fetched whole into a nameless file first: a client that reads slowly holds no request of the
        bucket's open, and a bucket that fails half-way fails before anything was answered.
        """
        with _told():
            self._scratch.mkdir(parents=True, exist_ok=True)
            file = TemporaryFile(dir=self._scratch)  # noqa: SIM115 — closed by who reads the pieces
            try:
                for piece in obstore.get(self._store, name).stream(min_chunk_size=PART):
                    file.write(piece)
            except (FileNotFoundError, NotFoundError):
                file.close()
                raise ContentLost("文件内容不在存储中；请通知管理员") from None
            except BaseException:
                file.close()
                raise
        file.seek(0)
        return pieces_of(file)

    def remove(self, name: str) -> None:
        """See ``Contents.remove``."""
        with _told():
            try:
                obstore.delete(self._store, name)
            except (FileNotFoundError, NotFoundError):
                return

    def listed(self) -> Iterable[Kept]:
        """See ``Contents.listed``."""
        with _told():
            for some in obstore.list(self._store):
                for each in some:
                    name = each["path"].rpartition("/")[2]
                    if len(name) == _DIGITS:
                        yield Kept(name, each["size"], each["last_modified"])

    def clear_remains(self, before: datetime) -> int:
        """Nothing: parts of uploads that were cut off are the bucket's own to expire."""
        _ = before
        return 0


@contextmanager
def _told() -> Iterator[None]:
    """A bucket's failure as a sentence; the cause, which holds no secret, goes to the log."""
    try:
        yield
    except (BaseError, OSError) as fault:
        _logger.error("storage failed", error=type(fault).__name__)
        raise StorageDown("文件存储暂时无法使用，没有保存任何内容；请稍后再试") from None
