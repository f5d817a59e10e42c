"""`./mingtang check`: everything a reviewer's eye should not be spent on. Runs all, then says which failed."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
SCRIPTS = Path(sys.executable).parent
CLI = [sys.executable, "-m", "core.cli"]
CHECKS: dict[str, list[list[str]]] = {
    "style": [[str(SCRIPTS / "ruff"), "check", "."]],
    "format": [[str(SCRIPTS / "ruff"), "format", "--check", "."]],
    "types": [[str(SCRIPTS / "mypy")]],
    "imports": [[str(SCRIPTS / "lint-imports")]],
    "migrations": [[*CLI, "db", "upgrade"], [*CLI, "db", "check"]],
    "docs": [[*CLI, "docs", "check"]],
}


def main() -> int:
    """Run the named checks (all by default); returns the exit code."""
    names = sys.argv[1:] or list(CHECKS)
    unknown = [name for name in names if name not in CHECKS]
    if unknown:
        print(f"mingtang: no check {', '.join(unknown)}; there are {', '.join(CHECKS)}.", file=sys.stderr)
        return 2
    data = tempfile.mkdtemp(prefix="mingtang-check-")
    try:
        failed = [name for name in names if not all(_passes(command, data) for command in CHECKS[name])]
    finally:
        shutil.rmtree(data, ignore_errors=True)
    print(f"failed: {', '.join(failed)}" if failed else f"all checks passed: {', '.join(names)}")
    return 1 if failed else 0


def _passes(command: list[str], data: str) -> bool:
    print("·", " ".join(Path(part).name if part.startswith("/") else part for part in command), flush=True)
    run = subprocess.run([*command, *(["--data", data] if command[:3] == CLI else [])], cwd=ROOT, check=False)  # noqa: S603
    return run.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
