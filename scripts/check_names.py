"""Measure the names and comments of the code, and fail where a rule decides.

Printed: the share of function names that are a bare participle or auxiliary, class names that stand for two things,
docstrings that only repeat the name they stand under, and the share of lines that are comments. The first three have a
limit. Tests and migrations are left out: test functions are sentences, migrations are frozen.
"""

import ast
import io
import re
import subprocess
import sys
import tokenize
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("rectify", "reports", "ledgers", "findings", "accounts", "documents", "bench", "scripts")
MOST_PARTICIPLES = 0.01  # of all function names
PARTICIPLE = re.compile(
    r"^(?:[a-z]{2,}ed|said|given|seen|kept|held|told|written|done|shown|taken|known|meant|begun|spoken|found|made|put|"
    r"sent|read_out|built|left|drawn|laid|set_out|may|does|did|has|had|can|was|is|are)$"
)
NOUNS_AND_VERBS = frozenset({"embed", "exceed", "feed", "need", "proceed", "seed", "speed"})
Function = ast.FunctionDef | ast.AsyncFunctionDef
FILLERS = frozenset({"a", "an", "the", "of", "its", "this", "one", "for", "to", "and", "by", "in"})


def main() -> int:
    """Print the figures; 1 when one of them is over its limit."""
    files = {path: ast.parse((ROOT / path).read_text(encoding="utf-8")) for path in sources()}
    functions = [(path, node) for path, tree in files.items() for node in ast.walk(tree) if isinstance(node, Function)]
    participles = [f"{path}:{node.lineno} {node.name}" for path, node in functions if is_participle(node.name)]
    homonyms = duplicate_classes(files)
    echoes = [place for path, tree in files.items() for place in repeating_docstrings(path, tree)]
    comments, lines = comment_lines(files)
    share = len(participles) / len(functions)
    print(f"function names that are bare participles: {len(participles)} of {len(functions)} ({share:.1%})")
    print(f"class names that stand for two things:    {len(homonyms)}")
    print(f"docstrings that only repeat the name:     {len(echoes)}")
    print(f"lines of comment:                         {comments} of {lines} ({comments / lines:.1%})")
    failures = [*(participles if share > MOST_PARTICIPLES else []), *homonyms, *echoes]
    for line in failures if "--all" not in sys.argv else [*participles, *homonyms, *echoes]:
        print(f"  {line}")
    return 1 if failures else 0


def sources() -> list[Path]:
    """The tracked Python files that are looked at, relative to the root."""
    command = ["git", "ls-files", "*.py"]
    names = subprocess.run(  # noqa: S603 -- our own words
        command, cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    paths = [Path(name) for name in names]
    return [path for path in paths if path.parts[0] in PACKAGES and "migrations" not in path.parts]


def is_participle(name: str) -> bool:
    """Whether a function name says neither what is done to what nor what is answered."""
    word = name.strip("_")
    return bool(PARTICIPLE.match(word)) and word not in NOUNS_AND_VERBS


def duplicate_classes(files: dict[Path, ast.Module]) -> list[str]:
    """Names of classes that more than one module defines; Django's ``Command`` aside."""
    places: dict[str, list[Path]] = defaultdict(list)
    for path, tree in files.items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and node.name != "Command":
                places[node.name].append(path)
    return [f"{name}: {', '.join(map(str, found))}" for name, found in sorted(places.items()) if len(found) > 1]


def repeating_docstrings(path: Path, tree: ast.Module) -> Iterator[str]:
    """Functions and classes whose docstring has no word that is not in the name already."""
    for node in ast.walk(tree):
        if isinstance(node, Function | ast.ClassDef):
            text = ast.get_docstring(node) or ""
            words = set(re.findall(r"[a-z]+", text.lower())) - FILLERS
            name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", node.name).lower()
            stems = {word.rstrip("s") for word in name.strip("_").split("_")}
            if words and {word.rstrip("s") for word in words} <= stems:
                yield f"{path}:{node.lineno} {node.name}: {text}"


def comment_lines(files: dict[Path, ast.Module]) -> tuple[int, int]:
    """How many lines carry a comment, and how many lines are not empty."""
    comments = lines = 0
    for path in files:
        text = (ROOT / path).read_text(encoding="utf-8")
        lines += sum(bool(line.strip()) for line in text.splitlines())
        tokens = tokenize.generate_tokens(io.StringIO(text).readline)
        comments += len({token.start[0] for token in tokens if token.type == tokenize.COMMENT})
    return comments, lines


if __name__ == "__main__":
    sys.exit(main())
