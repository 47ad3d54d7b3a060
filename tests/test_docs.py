"""Every ``$ monitor …`` line in README and docs runs, in order, and ends well."""

import re
import shlex
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from contracts.models import Organisation
from kernel.access.roles import Role
from kernel.settings import Settings
from monitor.commands import cli
from monitor.service import open_service
from tests.people import person

ROOT = Path(__file__).parents[1]
PAGES = (
    "README.md",
    "README.zh-CN.md",
    "docs/operating.md",
    "docs/webhooks.md",
    "docs/importing.md",
    "docs/audit.md",
    "docs/security.md",
    "docs/api.md",
    "docs/documents.md",
)


def commands(page: str) -> list[str]:
    text = (ROOT / page).read_text("utf-8")
    blocks = re.findall(r"```console\n(.*?)```", text, re.DOTALL)
    return [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ ")]


@pytest.fixture
def _bureau(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database of its own with one sample, seen from the project's root."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("MONITOR_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("MONITOR_BUSINESS_DATE", "2023-12-31")
    monkeypatch.setenv("MONITOR_RECEIVER_NETWORKS", "127.0.0.0/8")
    run("monitor db upgrade")
    run("monitor import samples/hami-2023.xlsx")
    with open_service() as service, service.database.writing(service.actor) as session:
        bureau = session.scalars(select(Organisation.id).where(Organisation.name.contains("应急")))
        person(session, "wang.li", (Role.OVERSIGHT, bureau.first()))


def run(line: str) -> None:
    words = shlex.split(line)
    assert words[0] == "monitor", line
    answer = CliRunner().invoke(cli, words[1:], catch_exceptions=False)
    assert answer.exit_code == 0, f"{line}\n{answer.output}"


@pytest.mark.usefixtures("_bureau")
@pytest.mark.parametrize("page", PAGES)
def test_the_examples_run(page: str) -> None:
    lines = commands(page)
    assert lines, f"{page} has no example"
    for line in lines:
        run(line)


def test_readme_names_the_two_commands_first() -> None:
    block = re.search(r"```sh\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert block is not None
    assert block.group(1).split("\n") == ["make run", "make test", ""]


def test_every_setting_is_documented() -> None:
    text = (ROOT / "docs/operating.md").read_text("utf-8")
    named = set(re.findall(r"`(?:MONITOR_|…)_?([A-Z_]+)`", text))
    for field in Settings.model_fields:
        upper = field.upper()
        assert any(upper == name or upper.endswith(name) for name in named), field


def test_the_licence_is_stated() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["license"] == "Apache-2.0"
