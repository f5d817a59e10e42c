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
    "style": [[str(SCRIPTS / "ruff"), "check", "--quiet", "--output-format", "concise", "."]],
    "format": [[str(SCRIPTS / "ruff"), "format", "--check", "--quiet", "--output-format", "concise", "."]],
    "types": [[str(SCRIPTS / "mypy")]],
    "imports": [[str(SCRIPTS / "lint-imports")]],
    "migrations": [[*CLI, "db", "upgrade"], [*CLI, "db", "check"]],
    "english": [[*CLI, "translations", "check"]],
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
        failed = [name for name in names if not _passes(name, data)]
    finally:
        shutil.rmtree(data, ignore_errors=True)
    print(f"failed: {', '.join(failed)}" if failed else f"all checks passed: {', '.join(names)}")
    return 1 if failed else 0


def _passes(name: str, data: str) -> bool:
    """One line when it passes; when it fails, what the tool said as one indented block."""
    for command in CHECKS[name]:
        full = [*command, *(["--data", data] if command[:3] == CLI else [])]
        run = subprocess.run(full, cwd=ROOT, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)  # noqa: S603
        if run.returncode:
            words = " ".join(Path(part).name if part.startswith("/") else part for part in command)
            print(f"✗ {name}: {words}", *(f"    {line}" for line in run.stdout.splitlines()), "", sep="\n", flush=True)
            return False
    print(f"✓ {name}", flush=True)
    return True


if __name__ == "__main__":
    sys.exit(main())
