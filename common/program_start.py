"""How programs of ours are started: by a module's name, from whatever folder."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Runs a module as a program, given the folder of all modules and its name.
STARTER = (
    "import runpy, sys; sys.path.insert(0, sys.argv.pop(1)); "
    "runpy.run_module(sys.argv.pop(1), run_name='__main__', alter_sys=True)"
)


def module_arguments(module: str, root: Path = ROOT) -> list[str]:
    """Arguments for Python that start a module below `root`, without PYTHONPATH.

    That would reach what the program starts, and cannot hold a folder with a colon.
    """
    return ["-c", STARTER, str(root), module]
