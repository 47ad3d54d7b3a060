"""Stores of contents, on disk and in a real bucket: whole or nothing, found by their hash."""

import os
import resource
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest

from kernel.storage.bucket import PART
from kernel.storage.contents import ContentLost, Contents, StorageDown, verified
from kernel.storage.disk import DiskContents
from kernel.storage.staging import Staged, TooLarge, size_words, stage
from tests.documents.buckets import Bucket, bucket

BYTES = b"%PDF-1.7\n" + bytes(range(256)) * 40


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bucket]:
    with bucket(tmp_path_factory.mktemp("bucket")) as running:
        yield running


@pytest.fixture(params=["disk", "bucket"])
def contents(request: pytest.FixtureRequest, tmp_path: Path, server: Bucket) -> Contents:
    return DiskContents(tmp_path / "files") if request.param == "disk" else server.contents()


def staged(content: bytes) -> Staged:
    return stage(BytesIO(content), 10**9)


def names(contents: Contents) -> set[str]:
    return {each.sha256 for each in contents.listed()}


def test_what_is_kept_is_read_back_and_listed_until_it_is_removed(contents: Contents) -> None:
    one = staged(BYTES)
    assert not contents.has(one.sha256)
    contents.keep(one)
    contents.keep(one)
    assert contents.has(one.sha256)
    assert b"".join(verified(contents.read(one.sha256), one.sha256)) == BYTES
    found = [each for each in contents.listed() if each.sha256 == one.sha256]
    assert [each.size for each in found] == [len(BYTES)]
    assert abs(found[0].kept_at - datetime.now(UTC)) < timedelta(minutes=5)
    contents.remove(one.sha256)
    contents.remove(one.sha256)
    assert one.sha256 not in names(contents)
    with pytest.raises(ContentLost):
        contents.read(one.sha256)


def test_a_large_content_goes_in_and_out_in_parts(contents: Contents) -> None:
    large = os.urandom(2 * PART + 17)
    one = staged(large)
    contents.keep(one)
    pieces = list(contents.read(one.sha256))
    assert len(pieces) > 2
    assert sha256(b"".join(pieces)).hexdigest() == one.sha256
    contents.remove(one.sha256)


def test_a_damaged_content_is_not_told_whole_and_heals_when_kept_again(tmp_path: Path) -> None:
    contents, one = DiskContents(tmp_path), staged(BYTES)
    contents.keep(one)
    (tmp_path / one.sha256[:2] / one.sha256).write_bytes(BYTES[:-1] + b"x")
    with pytest.raises(ContentLost):
        b"".join(verified(contents.read(one.sha256), one.sha256))
    contents.keep(one)
    assert b"".join(verified(contents.read(one.sha256), one.sha256)) == BYTES


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    contents, one = DiskContents(tmp_path / "files"), staged(os.urandom(300_000))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(StorageDown, match="空间已用完"):
            contents.keep(one)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [place for place in (tmp_path / "files").rglob("*") if place.is_file()] == []


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "files").write_text("a file in the folder's place")
    with pytest.raises(StorageDown):
        DiskContents(tmp_path / "files").keep(staged(BYTES))


def test_what_a_killed_writer_left_is_cleared_once_it_is_old(tmp_path: Path) -> None:
    contents = DiskContents(tmp_path)
    contents.keep(staged(BYTES))
    remains = tmp_path / "incoming" / "tmpleft"
    remains.write_bytes(b"half")
    assert contents.clear_remains(datetime.now(UTC) - timedelta(hours=1)) == 0
    assert contents.clear_remains(datetime.now(UTC) + timedelta(hours=1)) == 1
    assert names(contents) == {staged(BYTES).sha256}


def test_a_bucket_that_refuses_or_is_gone_is_told(tmp_path: Path) -> None:
    with bucket(tmp_path) as running:
        with pytest.raises(StorageDown):
            running.contents("another-secret").keep(staged(BYTES))
        running.stop()
        for act in (
            lambda: running.contents().keep(staged(BYTES)),
            lambda: running.contents().has(staged(BYTES).sha256),
        ):
            with pytest.raises(StorageDown):
                act()


def test_a_file_is_counted_while_it_is_read() -> None:
    assert stage(BytesIO(BYTES), len(BYTES)).sha256 == sha256(BYTES).hexdigest()
    with pytest.raises(TooLarge, match=r"10\.2 KB"):
        stage(BytesIO(BYTES), len(BYTES) - 1)


def test_no_name_leads_out_of_the_folder(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        DiskContents(tmp_path).has("../../etc/passwd")


@pytest.mark.parametrize(
    ("size", "told"), [(0, "0 字节"), (999, "999 字节"), (12_345, "12.3 KB"), (4_000_000, "4.0 MB")]
)
def test_sizes_are_told_as_people_read_them(size: int, told: str) -> None:
    assert size_words(size) == told
