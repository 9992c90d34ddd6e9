"""Measurements of the names and comments in the code, some with limits.

Printed are: the share of function names that are a bare participle or auxiliary, the class names that several modules
define, the docstrings that only repeat the name they document, and the share of lines with comments. The first three
have limits. Test functions, whose names are sentences, and frozen migrations are not measured.
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
MOST_PARTICIPLES = 0.01  # largest share of all function names
PARTICIPLE = re.compile(
    r"^(?:[a-z]{2,}ed|said|given|seen|kept|held|told|written|done|shown|taken|known|meant|begun|spoken|found|made|put|"
    r"sent|read_out|built|left|drawn|laid|set_out|may|does|did|has|had|can|was|is|are)$"
)
NOUNS_AND_VERBS = frozenset({"embed", "exceed", "feed", "need", "proceed", "seed", "speed"})
Function = ast.FunctionDef | ast.AsyncFunctionDef
FILLERS = frozenset({"a", "an", "the", "of", "its", "this", "one", "for", "to", "and", "by", "in"})


def main() -> int:
    """Print the figures and whatever exceeds its limit; 1 when anything does."""
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
    """The tracked Python files to be measured, relative to the root."""
    command = ["git", "ls-files", "*.py"]
    names = subprocess.run(  # noqa: S603 -- our own words
        command, cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    paths = [Path(name) for name in names]
    return [path for path in paths if path.parts[0] in PACKAGES and "migrations" not in path.parts]


def is_participle(name: str) -> bool:
    """Whether a function name is a bare participle or auxiliary, which names neither an action nor an object."""
    word = name.strip("_")
    return bool(PARTICIPLE.match(word)) and word not in NOUNS_AND_VERBS


def duplicate_classes(files: dict[Path, ast.Module]) -> list[str]:
    """Names of classes that more than one module defines, except Django's ``Command``."""
    places: dict[str, list[Path]] = defaultdict(list)
    for path, tree in files.items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and node.name != "Command":
                places[node.name].append(path)
    return [f"{name}: {', '.join(map(str, found))}" for name, found in sorted(places.items()) if len(found) > 1]


def repeating_docstrings(path: Path, tree: ast.Module) -> Iterator[str]:
    """Functions and classes whose docstring has no word that is not in the name."""
    for node in ast.walk(tree):
        if isinstance(node, Function | ast.ClassDef):
            text = ast.get_docstring(node) or ""
            words = set(re.findall(r"[a-z]+", text.lower())) - FILLERS
            # CamelCase is split like snake_case; plurals count as the same word.
            name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", node.name).lower()
            stems = {word.rstrip("s") for word in name.strip("_").split("_")}
            if words and {word.rstrip("s") for word in words} <= stems:
                yield f"{path}:{node.lineno} {node.name}: {text}"


def comment_lines(files: dict[Path, ast.Module]) -> tuple[int, int]:
    """The numbers of lines with a comment, and of lines that are not blank."""
    comments = lines = 0
    for path in files:
        text = (ROOT / path).read_text(encoding="utf-8")
        lines += sum(bool(line.strip()) for line in text.splitlines())
        tokens = tokenize.generate_tokens(io.StringIO(text).readline)
        comments += len({token.start[0] for token in tokens if token.type == tokenize.COMMENT})
    return comments, lines


if __name__ == "__main__":
    sys.exit(main())
