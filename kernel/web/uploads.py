"""Routes that take files: a larger body than others, kept on disk while it is read."""

import errno
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, Final, TypeVar

from flask import Flask, Request, current_app, request
from werkzeug.datastructures import FileStorage

from kernel.errors import InputError
from kernel.storage.contents import StorageDown

View = TypeVar("View", bound=Callable[..., Any])
_TAKES = "takes_upload"
_EXTENSION: Final = "monitor_uploads"
FORM_BYTES: Final = 1_000_000
"""What the other fields of a form, and the lines between its parts, may come to."""
_FULL: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class UploadRequest(Request):
    """A request whose files go into nameless files of the data folder: gone with the process."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        _ = total_content_length, content_type, filename, content_length
        _most, folder = current_app.extensions[_EXTENSION]
        folder.mkdir(parents=True, exist_ok=True)
        file = TemporaryFile("w+b", dir=folder)  # noqa: SIM115 — the form closes it
        self._files_begun.append(file)
        return file

    def _load_form_data(self) -> None:
        self._files_begun: list[IO[bytes]] = []
        try:
            super()._load_form_data()
        except OSError as fault:
            for file in self._files_begun:
                with suppress(OSError):  # what is still to be written goes nowhere
                    file.close()
            if fault.errno not in _FULL:
                raise
            raise StorageDown(
                "服务器暂存文件的空间已用完，没有保存任何内容；请通知管理员"
            ) from None


def takes_upload(view: View) -> View:
    """Let a view's request be as large as the largest file. Stands below the route's decorator."""
    setattr(view, _TAKES, True)
    return view


def install_uploads(app: Flask, most: int, folder: Path) -> None:
    """Give upload routes their limit in bytes; called before what reads forms, after permissions."""
    app.request_class = UploadRequest
    app.extensions[_EXTENSION] = (most, folder)
    app.before_request(_widen)


def sent_file(field: str = "file") -> FileStorage:
    """The file of the form; raises ``InputError`` naming ``field`` when none was chosen."""
    found = request.files.get(field)
    if found is None or not found.filename:
        raise InputError(field, "请选择要上传的文件")
    return found


def _widen() -> None:
    if request.endpoint is not None:
        view = current_app.view_functions[request.endpoint]
        if getattr(view, _TAKES, False):
            request.max_content_length = current_app.extensions[_EXTENSION][0] + FORM_BYTES
